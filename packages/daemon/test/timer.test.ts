import t from 'tap'
import { every } from '../src/index.ts'

t.test('repeated work goes on after a failure, one run at a time, and stops when the last run has ended', async (t) => {
  // The timer alone keeps no process alive.
  const alive = setInterval(() => undefined, 1000)
  t.teardown(() => { clearInterval(alive) })
  let running = 0
  let runs = 0
  const failures: unknown[] = []
  const { promise: third, resolve: reachThird } = Promise.withResolvers<undefined>()
  const stop = every(0.005, async () => {
    t.equal(++running, 1)
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    running--
    if (++runs === 1) throw new Error('no answer')
    if (runs === 3) reachThird(undefined)
  }, (error) => { failures.push(error) })
  await third
  await stop()
  t.equal(running, 0)
  const ended = runs
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  t.equal(runs, ended)
  t.match(failures, [{ message: 'no answer' }])
})
