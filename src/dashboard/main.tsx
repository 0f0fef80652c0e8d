/** The dashboard: how everything stands, and what an operator may do about it. */

import { render } from 'preact'

import { Header } from './shared/header.tsx'
import { startPage } from './shared/page.ts'
import { TokenDialog } from './shared/token-dialog.tsx'

startPage()

function Dashboard() {
  return (
    <>
      <Header current="/" />
      <main id="main" tabindex={-1} />
      <TokenDialog />
    </>
  )
}

render(<Dashboard />, document.getElementById('page')!)
