"""What is typed as an amount is that amount, or is refused with a remedy; never another amount."""

from __future__ import annotations

from playwright.sync_api import expect

REMEDY = "Write the decimal point as a point, without separators: 1234.5"


def test_a_comma_is_never_taken_for_anything_and_full_width_digits_are_digits(visit):
    admin = visit.instance.admin
    key = admin.create_key()
    page = visit.sign_in(room=f"keys/{key['id']}")
    page.get_by_role("button", name="Recharge").click()
    entry = page.get_by_role("dialog")
    amount = entry.get_by_label("Amount to add, in dollars")
    for typed in ("0,045", "-0,250", "1,2345", "0.123,456", "1,234", "１，５"):
        amount.fill(typed)
        entry.get_by_role("button", name="Recharge").click()
        expect(entry.get_by_text(REMEDY), typed).to_be_visible()
    for typed in ("$", "-", ".", "1.2.3", "1.0000000001", "one", "1e3"):
        amount.fill(typed)
        entry.get_by_role("button", name="Recharge").click()
        expect(entry.get_by_text("Give an amount in dollars"), typed).to_be_visible()
    assert admin.key(key["id"])["balance"] == 0
    amount.fill("＄１２．０４５")
    entry.get_by_role("button", name="Recharge").click()
    expect(page.get_by_text("The balance is $12.045.")).to_be_attached()
    page.get_by_role("button", name="Recharge").click()
    # As the page itself shows it.
    amount.fill("−$2.045")
    entry.get_by_role("button", name="Recharge").click()
    expect(page.get_by_text("The balance is $10.00.")).to_be_attached()
    assert admin.key(key["id"])["balance"] == 10


def test_prices_quotas_and_numbers_take_no_comma_either(visit):
    admin = visit.instance.admin
    model = admin.create_model("echo", {})
    page = visit.sign_in(room=f"models/{model['id']}")
    page.get_by_label("Price of output").fill("0,045")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(REMEDY)).to_be_visible()
    expect(page.get_by_label("Price of output")).to_have_attribute("aria-invalid", "true")
    assert admin.get(f"/admin/model/detail/{model['id']}")["price_out"] == 15
    key = admin.create_key()
    visit.go(f"keys/{key['id']}")
    page.get_by_role("button", name="Edit").click()
    entry = page.get_by_role("dialog")
    entry.get_by_label("Quota a month, in dollars").fill("12,5")
    entry.get_by_label("Requests a minute").fill("１２０")
    entry.get_by_role("button", name="Save").click()
    expect(entry.get_by_text(REMEDY)).to_be_visible()
    entry.get_by_label("Quota a month, in dollars").fill("12.5")
    entry.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    now = admin.key(key["id"])
    assert (now["month_quota"], now["rpm"]) == (12.5, 120)
    admin.bind(key["id"], model["id"])
    page.get_by_role("button", name="Sign out").click()
    visit.sign_in(key["api_key"], room="playground")
    page.get_by_label("Temperature").fill("0,7")
    page.get_by_role("button", name="As curl").click()
    expect(page.get_by_text(REMEDY)).to_be_visible()
