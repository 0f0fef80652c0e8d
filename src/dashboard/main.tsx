/** The dashboard: how everything stands, and what an operator may do about it. */

import { render } from 'preact'

function Dashboard() {
  return <h1>Rota</h1>
}

render(<Dashboard />, document.getElementById('page')!)
