"""Invented people and how an operator types them. No name here is a known player's."""

import unicodedata
from dataclasses import dataclass
from random import Random

# Letters that have no combining form to strip, as a hurried operator types them.
_PLAIN = str.maketrans("ıİłŁøØđĐßæÆþÞðœ", "iIlLoOdDsaATtdo")


@dataclass(frozen=True, slots=True)
class Person:
    """A player: `surname` is what a graphic shows, `full` the whole name."""

    surname: str
    full: str


def _people(listing: str) -> tuple[Person, ...]:
    """Each entry is `given names|surname`; `surname|given|` puts the surname first."""
    people = []
    for entry in listing.replace("\n", ";").split(";"):
        parts = entry.strip().split("|")
        if len(parts) == 3:
            people.append(Person(parts[0], f"{parts[0]} {parts[1]}"))
        elif len(parts) == 2:
            people.append(Person(parts[1], f"{parts[0]} {parts[1]}"))
    return tuple(people)


PEOPLE = _people(
    """
    Ilgın|İnceırmak; Çağlar|Işıldaksoy; Gökçe|Dağıstanlıbaş; Şükran|Öğütçeli; Tuğrul|Yıldıraner
    Éloïse|Vauquelard; Théophane|Grézilhac; Anaïs|de la Crouzette; Loïc|Pennarvor; Zoé|Fléchambault
    Łukasz|Brzezmirski; Świętomir|Ździebłowski; Grażyna|Kądziołowa; Bożydar|Wrześniak
    Søren|Kvistholmgaard; Åse|Brønnlund; Tormod|Fjærvik; Jöran|Hällstrandh; Ylva|Ekegårdh
    Iñaki|Ñandúriz; Belén|Castromaría; Óscar|Valdefuentes; Nerea|Urkizabal; Íñigo|Montelagar
    Sergi|Pardalet; Pedro|Pardalet; João|Figueirinhas; Conceição|Varzeão; Tomé|Lourosão
    Seon|Haram|; Bae|Noeul|; Ji|Maru-Han|; Tak|Byeolha|; Hwangbo|Onyu|; Namgung|Garam|
    Mizuhara|Tokiyo|; Kanzawa|Reiichi|; Oribe|Sayaha|; Tsukigami|Jun|
    Nguyễn Đăng|Thuỳvân; Phạm Quế|Lộcsơn; Chen|Yulinhe|; Ouyang|Bozhen|; Fang|Qiushui|
    Željko|Brdarinović; Dragoslava|Čvorkov; Božena|Šebelíková; Vítězslav|Hřebíčkovský
    Jiřina|Ďurkáčová; Beatriu|Llobarell
    Szabolcs|Űrhegyi; Gyöngyvér|Őszfalvi; Ștefănel|Țurcănaș; Ioniță|Brădeanca; Răzvana|Văleanț
    Kristaps|Ķeizarbergs; Žydrė|Pušynaitė; Mindaugė|Šilagalys; Tõnu|Põldmägi; Õnne|Räästas
    Guðlaugur|Þrastarvík; Þórkatla|Hrafnsdal; Aoife|O'Dunmarrow; Fionn|MacAskerry; Siân|Llanberwyth
    Dmitro|Verbolozkin; Oleksa|Stepovyi-Hai; Ruslana|Zimobor; Timofei|Kruglomedov
    Zlata|Ozerinskaya; Miroslawa|Jaworzynkow
    Vahagn|Tsaghkunyats; Nino|Mtskeradze; Aibek|Qarasuov; Dilnoza|Yulduzxonova; Rustamjon|Hovuzov
    Farhad|Zarrinpoush; Shirzad|Kuhestanipur; Idris|Al Qasmari; Noura|bint Sahlan
    Yazan|Abu Rummaneh; Layth|Sabkhawi
    Tamar|Ben-Arazim; Elad|Har-Shoham; Wanjikũ|Karimbari; Olúfẹ́mi|Adéròjú; Kwabena|Asantewiri
    Thandolwethu|Mkhwebani; Sizwe|Dlangalala; Arjunan|Velacheripuram; Meghna|Chattorajdev
    Hartmut|Weißdornhain; Jürgen|Kößlerbach; Änne|Grünspohn; Urs|Zgraggenmatt; Beat|Hüslibach
    Giosuè|Montecavaldo; Niccolò|Trebbianelli; Ornella|D'Acquarola; Spyridoula|Kalokeriou
    Wies|van der Heuvelrijt; Joost|Zandkuilen; Maëlle|Verschaevelde; Harlan|Winterquist
    Odell|Braycombe; Wilhelmina|Tarrowgate
    Marisol|Quetzalín; Ximena|Huarochín; Facundo|Ayelenquén; Tainá|Guarapirã; Rōpata|Te Aroharua
    """
)


def typed_rightly(person: Person) -> tuple[str, str]:
    """(`Name`, `LongName`) as a careful operator types them."""
    return person.surname, person.full


def mistyped(person: Person, rng: Random) -> tuple[str, str]:
    """(`Name`, `LongName`) of the same person typed otherwise: never equal to the careful way."""
    name, full = person.surname, person.full
    cut = rng.randrange(1, len(name) - 1) if len(name) > 3 else 0
    spellings = [
        (name.upper(), full),
        (name, ""),
        (name, name),
        (unaccented(name), unaccented(full)),
        (name[:cut] + name[cut + 1 :], full),
        (name, full.replace(name, name.upper())),
    ]
    return rng.choice([spelling for spelling in spellings if spelling != (name, full)])


def unaccented(text: str) -> str:
    """Plain letters for accented ones."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
