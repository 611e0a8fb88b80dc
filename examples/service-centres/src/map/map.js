/* Map of the centres: Leaflet over an outline of our own, nothing from another host. The list beside it says the same. */
const element = document.getElementById('map')
const words = element.dataset
const centres = JSON.parse(words.centres)
const ground = await (await fetch(words.ground)).json()
const L = window.L

element.hidden = false
const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
const map = L.map(element, { zoomControl: false, attributionControl: false, minZoom: 4, maxZoom: 13, zoomSnap: 0.25, scrollWheelZoom: false, zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, renderer: L.svg({ padding: 1 }) })
L.control.zoom({ position: 'bottomright', zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map)
const style = window.getComputedStyle(document.documentElement)
const colour = (name) => style.getPropertyValue(name).trim()

// The view comes first: what is added before it has no element yet.
const bounds = L.latLngBounds(centres.length < 5 ? centres.map(({ lat, lon }) => [lat, lon]) : ground.features[0].geometry.coordinates[0].map(([lon, lat]) => [lat, lon]))
const fit = () => { map.fitBounds(bounds.pad(centres.length < 5 ? 0.3 : 0.02), { maxZoom: 10 }) }
fit()
// Until the visitor moves the map, it shows all of it at every width.
let isMoved = false
map.on('dragstart', () => { isMoved = true })
map.on('keydown', ({ originalEvent }) => { isMoved ||= /^(Arrow|[-+=])/.test(originalEvent.key) })
element.querySelector('.leaflet-control-zoom').addEventListener('click', () => { isMoved = true })
let opened
map.on('resize', () => {
  if (!isMoved) fit()
  if (opened === undefined) return
  // The card is put in anew, and what was in it loses the focus.
  const held = document.activeElement
  opened.update()
  if (opened.getElement().contains(held)) focusWhenShown(held)
})

// Names of cities lie under the marks of centres.
map.createPane('places')
L.geoJSON(ground, {
  interactive: false,
  style: () => ({ color: colour('--line-strong'), weight: 1.5, fillColor: colour('--surface'), fillOpacity: 1 }),
  pointToLayer: ({ properties }, at) => L.circleMarker(at, { radius: 2.5, color: colour('--ink-faint'), weight: 1, fillOpacity: 1, interactive: false })
    .bindTooltip(properties[document.documentElement.lang] ?? properties.uk, { permanent: true, direction: 'right', offset: [4, 0], className: 'place', pane: 'places' })
}).addTo(map)

for (const { number, name, address, href, lat, lon } of centres) {
  const icon = L.divIcon({ className: 'pin-frame', html: `<span class="pin"><span>${Number(number)}</span></span>`, iconSize: [30, 30], iconAnchor: [15, 36], popupAnchor: [0, -32] })
  const marker = L.marker([lat, lon], { icon, title: `${number}. ${name}`, alt: name, riseOnHover: true, zIndexOffset: 1000 })
  const popup = document.createElement('div')
  const link = Object.assign(document.createElement('a'), { href, textContent: name })
  const place = Object.assign(document.createElement('p'), { textContent: address })
  popup.append(link, place)
  marker.bindPopup(popup, { maxWidth: 220 }).addTo(map)
  marker.getElement().setAttribute('aria-label', `${number}. ${name}`)
}
/** Leaflet hides a card while it measures it, and what is hidden takes no focus: so once more with the next frame. */
function focusWhenShown (link, tries = 30) {
  link?.focus()
  if (link !== null && link.isConnected && document.activeElement !== link && tries > 0) window.requestAnimationFrame(() => focusWhenShown(link, tries - 1))
}

map.on('popupopen', ({ popup }) => {
  opened = popup
  const node = popup.getElement()
  node.querySelector('.leaflet-popup-close-button')?.setAttribute('aria-label', words.close)
  focusWhenShown(node.querySelector('.leaflet-popup-content a'))
})
map.on('popupclose', ({ popup }) => {
  opened = undefined
  popup._source?.getElement()?.focus()
})
element.addEventListener('keydown', (event) => { if (event.key === 'Escape') map.closePopup() })

element.dataset.ready = 'true'
