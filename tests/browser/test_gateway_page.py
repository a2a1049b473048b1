"""The page in a real Chromium, over a real system; only the renderer is played by the test."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bus.clock import utc_now
from bus.react import notice_envelope
from contracts.messages.render import RenderNotice
from tests.support.browser import SIZES, desk
from tests.support.gateway import Stage, png
from tests.support.gfx_facts import GAME

pytestmark = pytest.mark.browser

FIRST_LOAD_BYTES_MAX = 300_000
# Presses the key in the second behind a take, however slow the machine is.
PRESS_WHILE_GUARDED = """() => {
  const why = document.getElementById("take-why");
  new MutationObserver(() => {
    if (window.pressed || !why.textContent.startsWith("again in")) return;
    window.pressed = true;
    document.body.dispatchEvent(new KeyboardEvent("keydown", { code: "F12", bubbles: true }));
  }).observe(why, { childList: true, characterData: true, subtree: true });
}"""
# Chromium on a busy machine; a failure still tells what was seen last.
expect.set_options(timeout=15_000)


async def on_air(page: Page, system: Stage) -> tuple[str, str, str]:
    """Make a cue with the page's one button and take it; ids of render, session and cue."""
    await page.locator("#setup").click()
    await expect(page.locator("#take-cue")).to_have_text("Q001")
    await page.locator("#take").click()
    await expect(page.locator(".cue.on_air .badge")).to_have_text("ON AIR")
    async with system.client() as api:
        [session] = (await api.get("/sessions")).json()["items"]
        [sheet] = (await api.get(f"/sessions/{session['session_id']}/sheets")).json()["items"]
        [cue] = (await api.get(f"/sheets/{sheet['sheet_id']}/items")).json()["items"]
    return cue["render_id"], session["session_id"], cue["item_id"]


def takes(urls: list[str]) -> int:
    return sum(url.endswith("/trigger") for url in urls)


async def test_an_empty_system_says_so_and_a_hand_appears_by_itself(
    system: Stage, browser: Browser
) -> None:
    async with desk(browser, system.place.url) as page:
        await expect(page.locator("#mode")).to_have_text("NO SESSION")
        await expect(page.locator("#hands")).to_contain_text("No hand has arrived")
        await expect(page.locator("#take-why")).to_have_text("No session is open")
        await page.locator("#take").click(force=True)
        await expect(page.locator("#said")).to_contain_text("Not taken")
        await system.say_hands(2)
        rows = page.locator("#hands tbody tr")
        await expect(rows.first).to_contain_text("#2")
        await expect(rows.first).to_contain_text("SETTLED")
        await expect(rows.first).to_contain_text("300")
        await expect(page.locator("#leaderboard tbody tr").first).to_contain_text("7,100")


async def test_one_button_makes_a_cue_that_is_taken_rendered_and_shown(
    system: Stage, browser: Browser, tmp_path: Path
) -> None:
    await system.say_hands(2)
    async with desk(browser, system.place.url) as page:
        render, session, item = await on_air(page, system)
        await expect(page.locator("#mode")).to_have_text("LIVE")
        await expect(page.locator("#take-cue")).to_have_text("Nothing to take")
        await expect(page.locator("#air .word").first).to_have_text("ON AIR")
        await system.start_render(render, session, item)
        await expect(page.locator("#air .words")).to_have_text("Rendering")
        notice = RenderNotice(
            verb="progress",
            render_id=render,
            session_id=session,
            item_id=item,
            composition="table_leaderboard",
            progress=64,
            frame=192,
            frames=300,
        )
        await system.bus.say(notice, notice_envelope(notice, "render", utc_now(), None), 1)
        await expect(page.locator("#air .percent")).to_have_text("64 %")
        await expect(page.locator("#air .frames")).to_have_text("192 of 300 frames")
        await system.finish_render(render, session, item, png(tmp_path / "a.png"))
        picture = page.locator("#air img")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("img => img.decode().then(() => img.naturalWidth)") == 64
        await expect(page.locator("#air a.chip")).to_contain_text("PNG")


async def test_keys_take_but_not_while_somebody_types_and_a_take_is_guarded(
    system: Stage, browser: Browser
) -> None:
    await system.say_hands(1)
    async with desk(browser, system.place.url) as page:
        await page.locator("#setup").click()
        await expect(page.locator("#take-cue")).to_have_text("Q001")
        for number in ("Q002", "Q003"):
            await page.locator("#add-cue").click()
            await expect(page.locator(".cue .number", has_text=number)).to_be_visible()
        taken: list[str] = []
        page.on(
            "request", lambda asked: taken.append(asked.url) if "trigger" in asked.url else None
        )
        await page.evaluate("document.body.prepend(document.createElement('input'))")
        await page.locator("body > input").focus()
        await page.keyboard.press("Space")
        await page.keyboard.press("F12")
        assert takes(taken) == 0
        await page.locator("body > input").evaluate("field => field.remove()")
        await page.evaluate(PRESS_WHILE_GUARDED)
        await page.keyboard.press("F12")
        await page.keyboard.press("Space")
        await expect(page.locator(".cue.on_air .number")).to_have_text("Q001")
        await page.wait_for_function("window.pressed")
        await expect(page.locator("#said")).to_contain_text("Not taken. Taken by you")
        assert takes(taken) == 1
        await expect(page.locator("#take-cue")).to_have_text("Q002")
        await page.locator("[data-arm]").click()
        await expect(page.locator("#take-cue")).to_have_text("Q003")
        await page.locator("#take").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".cue.on_air .number")).to_have_text("Q003")
        assert takes(taken) == 2


async def test_without_the_server_nothing_is_claimed_and_nothing_taken_until_it_is_back(
    system: Stage, browser: Browser
) -> None:
    await system.say_hands(1)
    async with desk(browser, system.place.url) as page:
        await on_air(page, system)
        await page.locator("#add-cue").click()
        await expect(page.locator("#take-cue")).to_have_text("Q002")
        await system.stop_gateway()
        await expect(page.locator("#banner-what")).to_contain_text("CONNECTION LOST")
        await expect(page.locator("#mode")).to_have_text("LIVE ?")
        await expect(page.locator("#air .word").first).to_have_text("ON AIR ?")
        await expect(page.locator("#take-cue")).to_have_text("Blocked: offline")
        await expect(page.locator("#take-why")).to_have_text("No take is queued")
        for value in await page.locator("[data-live]").all_text_contents():
            assert value == "?"
        await page.keyboard.press("F12")
        await page.locator("#take").click(force=True)
        await system.start_gateway()
        await expect(page.locator("#banner-what")).to_contain_text("Back after")
        await expect(page.locator("#take-cue")).to_have_text("Q002")
        await expect(page.locator("#mode")).to_have_text("LIVE")
        await expect(page.locator(".cue.on_air .number")).to_have_text("Q001")


async def test_an_update_keeps_the_focus_and_the_scroll_position(
    system: Stage, browser: Browser
) -> None:
    await system.say_hands(14)
    async with desk(browser, system.place.url, "small") as page:
        await page.locator("#setup").click()
        await expect(page.locator("#take-cue")).to_have_text("Q001")
        await page.locator("#add-cue").click()
        arm = page.locator("[data-arm]")
        await arm.focus()
        hands = page.locator("#hands .scroll")
        await hands.evaluate("list => list.scrollTop = 40")
        await page.evaluate("document.querySelector('#sheet-h').dataset.old = 'yes'")
        async with system.client() as api:
            [session] = (await api.get("/sessions")).json()["items"]
            [sheet] = (await api.get(f"/sessions/{session['session_id']}/sheets")).json()["items"]
            cue = {"composition": "table_leaderboard", "parameters": {"game_id": GAME}}
            await api.post(f"/sheets/{sheet['sheet_id']}/items", json=cue)
        await system.say_hands(1, first=14)
        await expect(page.locator("#hands tbody tr").first).to_contain_text("#15")
        await expect(page.locator(".cue")).to_have_count(3)
        assert await page.evaluate("document.activeElement.dataset.arm !== undefined")
        assert await hands.evaluate("list => list.scrollTop") == 40


@pytest.mark.parametrize("size", SIZES)
async def test_everything_fits_and_every_control_is_reached_by_key(
    size: str, system: Stage, browser: Browser
) -> None:
    await system.say_hands(14)
    async with desk(browser, system.place.url, size) as page:
        await page.locator("#setup").click()
        await expect(page.locator("#take-cue")).to_have_text("Q001")
        await page.locator("#add-cue").click()
        await expect(page.locator("[data-arm]")).to_have_count(1)
        width, height = SIZES[size]
        whole = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert await page.evaluate(whole) == [width, height]
        for control in await page.locator("button:visible").all():
            box = await control.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height
        wanted = await page.locator("button:visible").count()
        await page.evaluate("document.activeElement.blur()")
        reached = set()
        for _ in range(wanted + 10):
            await page.keyboard.press("Tab")
            reached.add(await page.evaluate("document.activeElement.id"))
        ids = await page.locator("button:visible").evaluate_all("all => all.map(one => one.id)")
        assert set(ids) <= reached


async def test_the_first_load_is_small_and_asks_nobody_else(
    system: Stage, browser: Browser
) -> None:
    await system.say_hands(14)
    context = await browser.new_context()
    page = await context.new_page()
    client = await context.new_cdp_session(page)
    await client.send("Network.enable")
    loaded: list[float] = []
    client.on("Network.loadingFinished", lambda told: loaded.append(told["encodedDataLength"]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    async with system.client() as api:
        token = api.headers["authorization"].removeprefix("Bearer ")
    await page.goto(f"{system.place.url}/?token={token}")
    await expect(page.locator("#hands tbody tr").first).to_contain_text("#14")
    await page.evaluate("document.fonts.ready")
    assert all(url.startswith(system.place.url) for url in asked), asked
    assert 0 < sum(loaded) < FIRST_LOAD_BYTES_MAX
    print(f"first load: {sum(loaded):.0f} bytes in {len(loaded)} answers")
    await context.close()
