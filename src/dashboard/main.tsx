/** The dashboard: how everything stands, and what an operator may do about it. */

import { render } from 'preact'

import { startLive } from './live/live.ts'
import { startPage } from './shared/page.ts'
import { createStore } from './shared/store.ts'
import { App } from './view/app.tsx'
import type { Asked } from './view/desk.ts'
import './view/dashboard.css'
import './view/table.css'

const { api } = startPage()
const desk = { api, live: startLive({ api }), asked: createStore<Asked | undefined>(undefined) }

render(<App desk={desk} />, document.getElementById('page')!)
