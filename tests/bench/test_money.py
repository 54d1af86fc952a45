"""The benchmark of money measures what it says: every invoice is posted, printed and accepted as an e-invoice."""

from bench import __main__ as bench


def test_each_kind_of_work_is_measured_and_no_e_invoice_is_refused(capsys):
    bench.main(["money", "--invoices", "20", "--papers", "2", "--lines", "50", "--items", "300"])
    told = capsys.readouterr().out
    for words in ("quantity changed", "posted", "printed", "bare canvas", "made and checked", "matched"):
        assert words in told
    assert "- within: e-invoices that do not pass: 0.00" in told
    assert "- within: lines matched for sure, and wrongly: 0.00" in told
