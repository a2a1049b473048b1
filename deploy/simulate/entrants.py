"""The invented players of a tournament: names of many languages, countries, former results.

Every name is put together from a given name and a surname that nobody is known to bear. The
platform spells some names in their own script; the operator of a PokerGFX PC types Latin letters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from random import Random

from deploy.simulate.people import Person

# The country and its given names, then its surnames. `^` = the surname stands first.
_NAMES = """
TR Alpagut Berfin Doğukan Ceylin Özgün Şebnur Umutcan Yağızer
   Akçınarlı Dumlupınaroğlu Güçbilir Kızıltepeli Şahinkayalı Üçyıldızer
FR Apolline Corentin Gwénaëlle Hélory Maïwenn Noémie Thibéry Ysoline
   Beaurivard Chantegrêle Delavaussière Estréguil Montfaucheux Prévalong
PL Bogumiła Czcibor Dąbrówka Jaśmina Lubomiła Mścisław Sędzimir Żywia
   Chrząszczewiak Gęsiorowicz Jędrzychowska Łopuszański Ostrężniak Żdżarowicz
DK Asger Bodil Ejnar Frøya Gudrún Jeppe Solvej Trøls
   Bjergskovlund Fæstergaard Højmarkdal Nørrevang Rugtvedholm Skærbølling
SE Alvar Embla Hjördis Isgard Signhild Sölve Torvald Ylvali
   Björkenstråle Forsgårdh Granlöfqvist Lindäng Snöbergius Ålöstrand
ES Amparo Begoña Fermín Hernán Itxaro Ludivina Nuño Xoán
   Albarracete Cañaveralejo Fuentelobos Ibarrolaza Montañésar Peñalbillo
PT Açucena Benvinda Estevão Graciete Inês Leôncio Simão Zulmira
   Alvorãozinho Cascalheda Fontelonga Mourisqueiro Penhascal Travassinho
DE Adelgunde Burkhard Friedlinde Götz Heidrun Lüder Sieglind Wendelin
   Ahrenswäldchen Brückenmoser Dünenkamper Großenfelser Mühlrather Überwasserin
HU Ágnes Bulcsú Csengele Előd Hajnalka Kálmán Sarolt Zsombor
   Árvahalmi Csörgőkúti Erdőszéli Kőhegyesi Szélvárady Törökfalvi
CZ Blahoslav Květuše Ludmila Oldřich Radmíla Svatava Vojen Zbyšek
   Březohajský Dvořáčkovec Hřibojedová Kouřimák Podlesňák Žižkovjan
RO Anuța Brândușa Crăciun Ilinca Moise Sorin Tudorița Zamfir
   Bănățescu Codrușanu Fântânaru Moldovlaș Râureni Țintaru
GR Anthoula Chrysostomi Evdokia Fotis Leandros Myrto Stelios Zinovia
   Asteropoulidis Galanakidou Kymatianos Melissourgos Pelagonitis Thalassakis
FI Aatto Eevi Hilja Ilmari Kaarlo Lumikki Pyry Väinämö
   Aholampinen Hiidenvuori Järvenkangas Koskentauste Mäntysaloinen Yönketo
NL Aafke Douwe Fenna Geert Jildou Marijn Siebe Wietske
   Blauwborgje Duinzwaard Grachtendijk Hooimeijering Molenkwartier Veenlandstra
IT Agnese Brizio Clelia Edgardo Fiorenza Nicolò Ottavia Zaccaria
   Belvedretti Casalmora Fontanabuona Lagorosso Pietralunghi Vallescura
IE Aodhán Bláthnaid Cormac Dearbhla Éanna Fiadh Lorcán Sadhbh
   Ballyfenton Clonmarrow Derrykeel Glashanore Kilquarrie O'Tullaghan
GB Bertrand Clementine Edmund Hyacinth Leopold Ottoline Percival Winifred
   Ashmerrow Brackenthwaite Cobblewick Fernyhalgh Hollowmere Thistledown
US Beckett Delphine Everett Juniper Landry Maybelle Thatcher Willa
   Arrowquist Coldharbor Dunmarsh Hartsgrove Maplethorne Silverbrook
CA Aurélie Bastien Coralie Denholm Maude Olivier Rosalind Tavish
   Boisclairval Cormorandy Frostenby Lacombrière Northgale Ravenscrag
BR Aparecida Caetano Flávia Iracema Jurandir Moacir Tarsila Ubirajara
   Araçazeiro Buritizal Capoeiraz Jacarandosa Maracujano Pitangueira
MX Adelaida Cuauhtli Evangelina Ignacio Lupita Metztli Refugio Tonatiuh
   Acamapán Cempoaltec Huizachero Jaltenango Ocotillar Zacatonal
NG Adébáyò Chiamaka Ẹniọlá Ifeoma Kẹhìndé Obinna Sadé Uchenna
   Adéyẹmọlá Ezeobiukwu Nnamdikwe Ògúnrìndé Okpalaugo Ṣówándé
IN Ananyaa Bhavesh Devika Harshil Jyotsna Mrinal Pallavi Vikrant
   Anandgarhi Brahmakshatri Chandrapuria Devgaonkar Meghwalekar Suryavanam
VN Bảo Diệu Hạnh Khải Mộng Quỳnh Thế Vĩnh
   Bùiđông Đoànhải Hồlam Lươngsơn Phanngọc Trịnhthủy
JP ^ Akemi Chihiro Daigo Fumiko Hayate Isamu Mizuki Souta
   Asahinata Fujimidai Hoshikuma Kazehaya Minatogi Yukishiro
CN ^ Bolin Chunyu Fengxia Haoyan Jiahe Lanying Mingze Xueqin
   Baiyun Donghe Hailu Linxi Qingshan Yuechi
AR Abril Benicio Catalina Dante Emilia Gaspar Milagros Valentín
   Aguaclarense Bordenave-Ruca Calafatense Lagunablanca Piedrabuenas Ventisquero
UA Bohdan Halyna Ivanna Kyrylo Myroslav Nadiia Ostap Yaryna
   Berezhanko Dniprovets Hai-Zelenko Lisovychok Stepanenkiv Vyshnevets
"""

# Given name, surname and the whole name as the platform spells it.
_HANGUL = """
Haneul|Ga|가하늘; Byeolbit|Na|나별빛; Dalnim|Do|도달님; Baram|Ma|마바람
Iseul|Bo|보이슬; Nabi|Sa|사나비; Sori|Ya|야소리; Gaon|Yeo|여가온
Noeul|Cha-Gang|차강노을; Saebyeok|Tan|탄새벽; Garam|Pyo|표가람; Maru|Heo|허마루
Onnuri|Gi|기온누리; Dasom|Ra|라다솜; Areum|Bin|빈아름; Sol|Ung|웅솔
Hwarang|Jun|준화랑; Mir|Pal|팔미르
"""

BRACELET_SHARE = 0.06  # of a field; rings are about as rare
LATIN_SHARE = 0.5  # of those whose name has another script: how many the platform spells in Latin
CASHES_MAX = 40
CASH_DOLLARS = (900, 9_000)  # a usual former prize
TITLE_DOLLARS = 180_000


@dataclass(frozen=True, slots=True)
class Entrant:
    """A player as the platform knows them; `earnings_cents` of all former results.

    `person` is what the operator types, `name` what the platform says; mostly the same.
    """

    id: str
    person: Person
    name: str
    country: str
    nickname: str = ""
    bracelets: int = 0
    rings: int = 0
    cashes: int = 0
    earnings_cents: int = 0


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that may be given away once."""

    person: Person
    country: str
    hangul: str = ""


def entrants(seed: int, count: int) -> tuple[Entrant, ...]:
    """`count` different players, the same for a seed. Raises ValueError for more than there are."""
    rng = Random(f"railcast-entrants:{seed}")  # noqa: S311 - a field to repeat, not a secret
    names = [*_latin(), *_korean()]
    if count > len(names):
        raise ValueError(f"there are names for {len(names)} players, not for {count}")
    chosen = rng.sample(names, count)
    numbers = rng.sample(range(100_000, 1_000_000), count)
    return tuple(
        _entrant(str(number), name, rng) for number, name in zip(numbers, chosen, strict=True)
    )


def _latin() -> Iterator[_Name]:
    for heading, surnames in batched(_NAMES.strip().splitlines(), 2):
        country, *given = heading.split()
        surname_first = given[0] == "^"
        for first in given[surname_first:]:
            for last in surnames.split():
                full = f"{last} {first}" if surname_first else f"{first} {last}"
                yield _Name(Person(last, full), country)


def _korean() -> Iterator[_Name]:
    for entry in _HANGUL.strip().replace("\n", ";").split(";"):
        first, last, hangul = entry.strip().split("|")
        yield _Name(Person(last, f"{last} {first}"), "KR", hangul)


def _entrant(number: str, name: _Name, rng: Random) -> Entrant:
    bracelets = int(rng.random() < BRACELET_SHARE)
    rings = int(rng.random() < BRACELET_SHARE)
    cashes = int(CASHES_MAX * rng.random() ** 3) + bracelets + rings
    dollars = sum(rng.randrange(*CASH_DOLLARS) for _ in range(cashes))
    latin = not name.hangul or rng.random() < LATIN_SHARE
    return Entrant(
        id=number,
        person=name.person,
        name=name.person.full if latin else name.hangul,
        country=name.country,
        nickname=name.hangul if latin else "",
        bracelets=bracelets,
        rings=rings,
        cashes=cashes,
        earnings_cents=100 * (dollars + TITLE_DOLLARS * bracelets),
    )
