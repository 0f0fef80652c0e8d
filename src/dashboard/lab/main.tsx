/** The round-robin lab: real DNS from the browser, to see who is answered. */

import { render } from 'preact'

function Lab() {
  return <h1>Round-robin lab</h1>
}

render(<Lab />, document.getElementById('page')!)
