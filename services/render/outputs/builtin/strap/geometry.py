"""Where the parts of a strap stand, and how its texts are set.

Pixels of the 1920x1080 picture; heights of texts are relative to the strap's top.
"""

from services.render.outputs.builtin.tokens import Style

NAME = Style(46, 800, -0.005)
LINE = Style(26, 600, 0.06)
BIG = Style(50, 800, -0.01)
SMALL = Style(26, 700)

TOP, HEIGHT, CENTRE_X = 894, 132, 960
WIDTH_MIN, WIDTH_MAX = 560, 1144
PADDING = 36
FLAG_WIDTH, FLAG_HEIGHT = 60, 45
# From the flag's left edge to the name's.
FLAG_ROOM = 84
NAME_CENTRE, LINE_CENTRE = 47, 98

RAIL_TOP, RAIL_HEIGHT, CARRIAGE_WIDTH = 126, 6, 60

TILE_WIDTH_MIN, TILE_ROOM = 176, 64
BIG_CENTRE, SMALL_CENTRE, ONLY_CENTRE = 50, 98, 66
