"""How a page asks for one thing at a time: run by the Node.js that builds the front end."""

SCRIPT = """
const { OneAtATime } = load("one_at_a_time");
const told = [];
const open = [];
let now = 0;
const one = new OneAtATime((signal) => new Promise((answer) => {
  told.push(`asks ${open.push({ answer, signal })}`);
}), () => now);
const soon = () => new Promise((next) => setImmediate(next));
const answer = async (place) => { told.push(`answer ${place}`); open[place - 1].answer(); await soon(); };
(async () => {
  one.ask();
  one.ask();
  one.ask();
  await answer(1);
  await answer(2);
  told.push("nothing waits");
  one.ask();
  one.ask();
  one.stop();
  told.push(`stopped ${open[2].signal.aborted}`);
  await answer(3);
  one.ask();
  now = 30_000;
  one.ask();
  told.push(`lost ${open[3].signal.aborted}`);
  await answer(4);
  await answer(5);
  console.log(JSON.stringify(told));
})();
"""


def test_what_comes_up_meanwhile_is_asked_for_once_after_the_answer(in_node):
    told = in_node(SCRIPT)
    assert told[:5] == ["asks 1", "answer 1", "asks 2", "answer 2", "nothing waits"]
    assert told[5:8] == ["asks 3", "stopped true", "answer 3"]  # nobody wants the next one either
    assert told[8:] == ["asks 4", "asks 5", "lost true", "answer 4", "answer 5"]
