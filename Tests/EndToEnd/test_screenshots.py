"""Pictures of every page, in light and dark, wide and on a phone: docs/screenshots/, one sheet a page.

They are kept in the repository and looked at by people, so the gate leaves them out: `.ci/e2e -m screenshots` makes
them anew. With BROOK_SCREENSHOTS set to a folder, each picture is left there too.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from harness.instance import REPOSITORY
from harness.showcase import ANSWERING, furnish

FOLDER = REPOSITORY / "docs/screenshots"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = (("light", WIDE), ("dark", WIDE), ("light", PHONE), ("dark", PHONE))
#: All sheets together, in bytes.
MOST_BYTES = 1_500_000
#: Draws pictures side by side on one canvas, scaled to the same height, and answers it as WebP.
SHEET = """
async ({ pictures, height, gap, quality }) => {
    const images = await Promise.all(pictures.map(async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        return image;
    }));
    const widths = images.map((image) => Math.round(image.width * height / image.height));
    const canvas = document.createElement('canvas');
    canvas.width = widths.reduce((sum, width) => sum + width + gap, gap);
    canvas.height = height + 2 * gap;
    const pen = canvas.getContext('2d');
    pen.imageSmoothingQuality = 'high';
    pen.fillStyle = '#8b9794';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    let left = gap;
    images.forEach((image, index) => {
        pen.drawImage(image, left, gap, widths[index], height);
        left += widths[index] + gap;
    });
    return canvas.toDataURL('image/webp', quality);
}
"""

pytestmark = [pytest.mark.screenshots, pytest.mark.timeout(600)]


def create_a_key(page) -> None:
    page.get_by_role("button", name="Create a key").click()
    page.get_by_label("Name").fill("Katherine Johnson")
    page.get_by_label("E-mail").fill("katherine@example.org")


def unfold_reasoning(page) -> None:
    page.get_by_text("Reasoning", exact=True).first.click()


def chat(page) -> None:
    page.get_by_label("Model").select_option("claude-sonnet")
    if page.get_by_role("link", name="record").count() == 0:
        page.get_by_label("Your message").fill("Why is the sky blue? Two sentences, please.")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("link", name="record")).to_be_visible()


def test_pictures_of_every_page(browser: Browser, make_instance, make_visit, provider, tmp_path):
    script = provider.script(
        ["reasoning", "Rayleigh scattering; keep it to two sentences."],
        ["text", "Air scatters short wavelengths far more than long ones, so blue light reaches us from everywhere. "],
        ["text", "At sunset the light's path is longer: most blue is gone on the way, and red is left."],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 24, "outputTokens": 52, "totalTokens": 76}],
        name=ANSWERING,
    )
    instance = make_instance(workers=1)
    seen = furnish(instance, script)
    own, admin = seen["user_key"], instance.admin_key
    for model in instance.admin.get("/admin/model/list", limit=100)["items"]:
        instance.admin.bind(1, model["id"])
    # Name of the sheet, key, room, and what is done there first.
    pages = (
        ("sign-in", None, "", None),
        ("dashboard", admin, "dashboard", None),
        ("keys", admin, "keys", None),
        ("create-a-key", admin, "keys", create_a_key),
        ("key", admin, f"keys/{seen['key']}", None),
        ("groups", admin, f"groups/{seen['group']}", None),
        ("models", admin, "models", None),
        ("model", admin, f"models/{seen['model']}", None),
        ("playground", admin, "playground", chat),
        ("sessions", admin, f"sessions/{seen['session']}", None),
        ("calls", admin, "threads", None),
        ("call", admin, f"threads/{seen['thread']}", unfold_reasoning),
        ("payments", admin, "payments", None),
        ("webhooks", admin, "webhooks", None),
        ("webhook", admin, f"webhooks/{seen['webhook']}", None),
        ("audit", admin, "audit", None),
        ("user-dashboard", own, "dashboard", None),
    )
    shots: dict[str, list[Path]] = {name: [] for name, *_ in pages}
    keep = Path(os.environ.get("BROOK_SCREENSHOTS") or tmp_path)
    for scheme, size in LOOKS:
        visits = {}
        for name, key, room, prepare in pages:
            if key not in visits:
                visits[key] = make_visit(instance=instance, color_scheme=scheme, viewport=size)
                visits[key].open() if key is None else visits[key].sign_in(key)
            page = visits[key].page
            if key is not None:
                visits[key].go("webhooks" if key == admin else "models")
                visits[key].go(room)
            if prepare:
                prepare(page)
            page.mouse.move(0, 0)
            page.wait_for_timeout(250)
            shots[name].append(keep / f"{name}-{scheme}-{size['width']}.png")
            page.screenshot(path=shots[name][-1])
            if name == "create-a-key":
                page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawing = browser.new_page()
    for name, files in shots.items():
        sources = ["data:image/png;base64," + base64.b64encode(file.read_bytes()).decode() for file in files]
        sheet = drawing.evaluate(SHEET, {"pictures": sources, "height": 560, "gap": 12, "quality": 0.8})
        (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(sheet.split(",", 1)[1]))
    drawing.close()
    sizes = {file.name: file.stat().st_size for file in FOLDER.glob("*.webp")}
    assert set(sizes) == {f"{name}.webp" for name in shots}, "a sheet of a page that is no more"
    assert sum(sizes.values()) < MOST_BYTES, sizes
