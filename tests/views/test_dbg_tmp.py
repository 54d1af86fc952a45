from tests.views.test_office import *
from tests.views.conftest import *
import app.services.database as D, time, threading, sys
T0=time.time()
def say(*a): print(round(time.time()-T0,2), threading.get_ident()%1000, *a, flush=True)
oc=D._tune_sqlite
def et(conn,text,o=D.execute_text):
    say('exec',text); r=o(conn,text); say('  ok',text); return r
D.execute_text=et
orun=D.Database.run
def run(self,command,*a,**k):
    say('RUN',command)
    try: return orun(self,command,*a,**k)
    finally: say('END',command)
D.Database.run=run
def test_x(company, show, qtbot):
    order_id = company.order({company.valve: 10, company.gasket: 4})
    company.pick_all(order_id)
    screen = show("shipments", "to_pack")
    press_next(screen.list.view)
    d=dialog(PackDialog, qtbot)
    say('----- press')
    press_next(d)
    QTest.qWait(14500)
    say('vis', d.isVisible(), d.go.isEnabled())
