import { actionForm, html, icon, statusBadge, type Html, type Lang, type StatusKind } from '@trembita/web'
import type { NodeState } from './live-state.ts'
import { CENTRE, GATEWAY_NODES, type FederationNode, type GatewayNode } from './nodes.ts'
import { wordsOf } from './texts.ts'

const KINDS: Readonly<Record<NodeState, StatusKind>> = { up: 'ok', degraded: 'warn', down: 'bad' }

/** The nodes: what is common on top, below it each gateway with what connects to it. */
export function federationMap (lang: Lang, states: ReadonlyMap<string, NodeState>): Html {
  const words = wordsOf(lang)
  return html`<div class="federation" id="map">
<section class="federation__centre" aria-label="${words.centre}"><ul class="federation__row">${CENTRE.map((node) => html`<li>${nodeCard(lang, node, states)}</li>`)}</ul></section>
<div class="federation__gateways">${GATEWAY_NODES.map((gateway) => gatewayColumn(lang, gateway, states))}</div>
</div>`
}

function gatewayColumn (lang: Lang, gateway: GatewayNode, states: ReadonlyMap<string, NodeState>): Html {
  return html`<section class="federation__gateway" aria-label="${gateway.name[lang]}">${nodeCard(lang, gateway, states, 'node--gateway')}
<ul class="federation__systems" aria-label="${wordsOf(lang).systems}">${gateway.systems.map((system) => html`<li>${nodeCard(lang, system, states)}</li>`)}</ul></section>`
}

function nodeCard (lang: Lang, node: FederationNode, states: ReadonlyMap<string, NodeState>, kind = ''): Html {
  const words = wordsOf(lang)
  const state = states.get(node.id) ?? 'down'
  const name = node.name[lang]
  return html`<article class="node ${kind}">
<p class="node__name">${node.href === undefined ? name : html`<a href="${node.href}">${name}${icon('right')}</a>`}</p>
<p class="node__about">${node.about[lang]}</p>
<div class="node__foot">${statusBadge(KINDS[state], words[state])}${node.subsystem === undefined ? undefined : html`<code class="node__subsystem">${node.subsystem}</code>`}${node.register === undefined ? undefined : actionForm({ action: `/registers/${node.register}/${state === 'down' ? 'start' : 'stop'}`, csrf: undefined, label: state === 'down' ? words.start : words.stop, kind: 'quiet' })}</div>
</article>`
}
