"""What a layout is: its columns, how each value is read, and what tells it from the others."""

from collections.abc import Callable, Mapping

import msgspec

from contracts.messages.wsop import Kind, Layout
from services.wsop_import.inputs import values
from services.wsop_import.inputs.values import NAME_LENGTH_MAX, chips, count, filled, key, word

type Convert = Callable[[object], object]


class Column(msgspec.Struct, frozen=True):
    """One column or key. `own`: a wrong value costs only this field, not the row. `money`: how a
    bare integer is read depends on the file's unit.
    """

    convert: Convert = key
    required: bool = False
    own: bool = False
    money: Callable[[bool], Convert] | None = None

    def reader(self, *, dollars: bool) -> Convert:
        """What reads a value in a file of this unit."""
        return self.money(dollars) if self.money else self.convert


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One layout. Of CSV it is that whose required columns are all there, and none that it `lacks`;
    `marks` are what a file of it surely has, even where a column was forgotten. `dollars`: bare
    integers of money are whole dollars.
    """

    layout: Layout
    kind: Kind
    columns: Mapping[str, Column]
    marks: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    dollars: bool = False

    @property
    def required(self) -> frozenset[str]:
        """Columns that every row must fill."""
        return frozenset(name for name, column in self.columns.items() if column.required)


def in_cents(dollars: bool) -> Convert:
    """How money is read in a file of this unit."""
    return values.cents(dollars=dollars)


def words(names: tuple[str, ...]) -> Convert:
    """One of these words, in whatever case."""
    return word({name.lower(): name for name in names})


NAME = Column(filled(NAME_LENGTH_MAX))
COUNT = Column(count)
CHIPS = Column(chips)
MONEY = Column(money=in_cents)


def needed(column: Column) -> Column:
    """The same column, which every row must fill."""
    return msgspec.structs.replace(column, required=True)
