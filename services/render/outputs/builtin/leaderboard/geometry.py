"""Where the parts of the table leaderboard stand, and how its texts are set.

Pixels of the 1920x1080 picture; columns are relative to the panel's left edge.
"""

from services.render.outputs.builtin.tokens import Style

TITLE = Style(50, 800, -0.01)
SUFFIX = Style(50, 400, -0.01)
SUBTITLE = Style(22, 600, 0.06)
HEAD = Style(20, 600, 0.10)
RANK = Style(32, 700)
RANK_FIRST = Style(32, 800)
NAME = Style(32, 700)
NUMBER = Style(34, 700)
LABEL = Style(24, 600, 0.08)
BLINDS = Style(32, 800)
ANTE = Style(28, 500)

PANEL_X, PANEL_Y, PANEL_WIDTH, PANEL_HEIGHT = 388, 112, 1144, 822
PADDING = 40
PLATE_HEIGHT = 120
TITLE_CENTRE, SUBTITLE_CENTRE, SUBTITLE_WIDTH = 157, 202, 700
SUFFIX_GAP = 20
# The title ends before the logo slot, bound or not, so that a logo never moves it.
TITLE_RIGHT = 840
RAIL_Y, RAIL_HEIGHT = 232, 6
CARRIAGE_X, CARRIAGE_WIDTH = 428, 132
HEADS_Y, HEADS_HEIGHT, HEADS_CENTRE = 238, 44, 262
ROWS_Y, ROW_HEIGHT, ROWS = 282, 64, 9
FOOTER_Y, FOOTER_HEIGHT = 858, 76
RANK_RIGHT, RANK_WIDTH = 76, 40
FLAG_LEFT, FLAG_WIDTH, FLAG_HEIGHT = 100, 44, 33
NAME_LEFT, NAME_WIDTH = 168, 534
CHIPS_RIGHT, CHIPS_WIDTH = 934, 220
BB_RIGHT, BB_WIDTH = 1104, 110
LABEL_LEFT, BLINDS_LEFT, ANTE_GAP, NOTE_RIGHT = 40, 168, 22, 1104
