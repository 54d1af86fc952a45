from tests.views.test_office import *
from tests.views.conftest import *
def test_x(company, show, qtbot):
    order_id = company.order({company.valve: 10, company.gasket: 4})
    company.pick_all(order_id)
    screen = show("shipments", "to_pack")
    screen.context.messages.warned.connect(print); screen.context.messages.crashed.connect(print); screen.context.tasks.failed.connect(print)
    press_next(screen.list.view)
    d=dialog(PackDialog, qtbot); print(d.go.isEnabled(), d.table.rows.rows)
    press_next(d)
    QTest.qWait(1500)
    print('vis', d.isVisible(), d.form.banner._text.text(), d.go.isEnabled())
    print(company.shipment_of(order_id,'packed'), screen.list.current(), screen.panel.sheet and screen.panel.sheet.head.state)
    screen.list.show_query(tab="packed"); QTest.qWait(1500)
    print(screen.list.table.rowCount(), screen.list.current(), screen.panel.row, screen.panel.sheet and screen.panel.sheet.head.state)
    a=screen.context.commands['shipment.next']; print(a.isEnabled(), QApplication.activeWindow(), screen.window())
