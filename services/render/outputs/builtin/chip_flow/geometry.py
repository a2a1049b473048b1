"""Where the parts of the chip flow stand, and how its texts are set.

Pixels of the 1920x1080 picture.
"""

from services.render.outputs.builtin.graphic import Box
from services.render.outputs.builtin.tokens import Style

TITLE = Style(30, 800, -0.005)
SURNAME = Style(30, 500)
WINDOW = Style(22, 600, 0.08)
LABEL = Style(22, 600)
VALUE = Style(52, 800, -0.01)
CHANGE = Style(30, 700)
TICK = Style(20, 600)
NOW = Style(20, 700)

PANEL = Box(534, 710, 852, 316)
PLATE_HEIGHT, PLATE_CENTRE = 72, 746
TITLE_LEFT, TITLE_WIDTH = 566, 220
FLAG_GAP, FLAG_WIDTH, FLAG_HEIGHT = 28, 40, 30
# From the flag's left edge; without a flag the name takes its place.
SURNAME_LEFT, SURNAME_WIDTH = 54, 300
WINDOW_RIGHT, WINDOW_WIDTH = 1354, 240

PLOT = Box(722, 822, 312, 132)
PLOT_RIGHT, PLOT_BOTTOM = PLOT.x + PLOT.width, PLOT.y + PLOT.height
PLOT_MIDDLE = PLOT.y + PLOT.height // 2
# The plot with room for the marks at its edges, down to the rail.
DRAWN = Box(PLOT.x - 16, PLOT.y - 16, PLOT.width + 32, 174)
LABEL_RIGHT, LABEL_WIDTH = 694, 144
HAIR = 2
LINE_WIDTH = 5
MARK_RADIUS, MARK_STROKE, LAST_RADIUS = 7, 4, 12
# With more points than this the marks would run into each other: only the last one is marked.
MARKS_MAX = 9

VALUE_RIGHT, VALUE_WIDTH, VALUE_CENTRE = 1354, 280, 842
CHANGE_CENTRE = 900
# The triangle begins this many px before the text of the change.
ARROW_LEFT, ARROW_WIDTH, ARROW_HEIGHT = 26, 16, 13

RAIL_Y, RAIL_HEIGHT = 980, 6
CARRIAGE_WIDTH = 84
TICKS_CENTRE = 1005
# Labels of the time axis nearer to each other than this are left out.
TICK_GAP = 6
