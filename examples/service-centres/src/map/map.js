/* Map of the centres: Leaflet over an outline of our own, nothing from another host. The list beside it says the same. */
const element = document.getElementById('map')
const words = element.dataset
const centres = JSON.parse(words.centres)
const ground = await (await fetch(words.ground)).json()
const L = window.L

element.hidden = false
const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
const map = L.map(element, { zoomControl: false, attributionControl: false, minZoom: 5, maxZoom: 13, scrollWheelZoom: false, zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm })
L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map)
const style = window.getComputedStyle(document.documentElement)
const colour = (name) => style.getPropertyValue(name).trim()

L.geoJSON(ground, {
  interactive: false,
  style: () => ({ color: colour('--line-strong'), weight: 1.5, fillColor: colour('--surface'), fillOpacity: 1 }),
  pointToLayer: ({ properties }, at) => L.circleMarker(at, { radius: 2.5, color: colour('--ink-faint'), weight: 1, fillOpacity: 1, interactive: false })
    .bindTooltip(properties[document.documentElement.lang] ?? properties.uk, { permanent: true, direction: 'right', offset: [4, 0], className: 'place' })
}).addTo(map)

const markers = centres.map(({ number, name, address, href, lat, lon }) => {
  const icon = L.divIcon({ className: 'pin-frame', html: `<span class="pin"><span>${Number(number)}</span></span>`, iconSize: [30, 30], iconAnchor: [15, 36], popupAnchor: [0, -32] })
  const marker = L.marker([lat, lon], { icon, title: `${number}. ${name}`, alt: name, riseOnHover: true, zIndexOffset: 1000 })
  const popup = document.createElement('div')
  const link = Object.assign(document.createElement('a'), { href, textContent: name })
  const place = Object.assign(document.createElement('p'), { textContent: address })
  popup.append(link, place)
  marker.bindPopup(popup).addTo(map)
  marker.getElement().setAttribute('aria-label', `${number}. ${name}`)
  return marker
})
map.on('popupopen', ({ popup }) => {
  const node = popup.getElement()
  node.querySelector('.leaflet-popup-close-button')?.setAttribute('aria-label', words.close)
  node.querySelector('.leaflet-popup-content a')?.focus()
})
map.on('popupclose', ({ popup }) => { popup._source?.getElement()?.focus() })
element.addEventListener('keydown', (event) => { if (event.key === 'Escape') map.closePopup() })

const bounds = markers.length > 1 ? L.featureGroup(markers).getBounds() : L.geoJSON(ground).getBounds()
map.fitBounds(bounds.pad(0.15))
element.dataset.ready = 'true'
