// Keeps a page true while it is shown: listens to the server's events and puts pieces of it in place. All that is
// shown comes from the server as HTML; without this script the pages work, and stand still.

const FEED_ROWS = 30;
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

let source = null;

function streamAddress() {
  const live = document.querySelector("[data-live]:not(#link)");
  if (!live) return null;
  const address = new URL("/api/stream", location.href);
  address.searchParams.set("lang", document.documentElement.lang.slice(0, 2));
  if (live.dataset.surge) address.searchParams.set("surge", live.dataset.surge);
  return address;
}

// A hidden page listens to nothing: browsers allow few connections, and servers few listeners.
function listen() {
  const address = streamAddress();
  if (!address || source || document.hidden) return;
  source = new EventSource(address);
  source.onopen = () => showLink(true);
  source.onerror = () => showLink(false);
  on("tiles", (html) => { replace("tiles", html); showAges(); });
  on("surges", (html) => replace("surges", html));
  on("busiest", (html) => replace("busiest", html));
  on("whole-feed", (html) => replace("feed", html));
  on("feed", addToFeed);
  on("dots", moveDots);
  on("news", (text) => { byId("news").textContent = text; });
  on("clock", (text) => { byId("clock").textContent = text; });
  on("changed", refresh);
}

function on(name, work) {
  source.addEventListener(name, (event) => work(JSON.parse(event.data)));
}

function stop() {
  source?.close();
  source = null;
}

function showLink(isLive) {
  const link = byId("link");
  link.textContent = isLive ? link.dataset.live : link.dataset.lost;
  link.className = isLive ? "live" : "lost";
}

// Puts HTML in place, and the focus back on the link that had it.
function replace(id, html) {
  const place = byId(id);
  if (!place) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  place.innerHTML = html;
  if (focused) place.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
}

function addToFeed(html) {
  const feed = byId("feed");
  const fresh = document.createElement("ol");
  fresh.innerHTML = html;
  for (const row of feed.querySelectorAll(".fresh")) row.classList.remove("fresh");
  for (const row of fresh.children) row.classList.add("fresh");
  feed.prepend(...fresh.children);
  while (feed.children.length > FEED_ROWS) feed.lastElementChild.remove();
}

function moveDots({ changed, gone }) {
  const dots = byId("dots");
  if (!dots) return;
  for (const id of gone) findDot(dots, id)?.remove();
  for (const dot of changed) setDot(findDot(dots, dot.id) ?? newDot(dots, dot.id), dot);
}

function findDot(dots, id) {
  return dots.querySelector(`[data-dot="${CSS.escape(id)}"]`);
}

function newDot(dots, id) {
  const link = document.createElementNS(SVG, "a");
  link.setAttribute("href", `/units/estate/${encodeURIComponent(id)}`);
  link.setAttribute("tabindex", "-1");
  link.dataset.dot = id;
  link.append(document.createElementNS(SVG, "title"), document.createElementNS(SVG, "circle"));
  dots.append(link);
  return link;
}

function setDot(link, dot) {
  const [title, circle] = link.children;
  for (const [name, value] of [["cx", dot.x], ["cy", dot.y], ["r", dot.r]]) circle.setAttribute(name, value);
  circle.setAttribute("class", dot.heat + (dot.surges ? " surging" : ""));
  title.textContent = dot.label;
}

// Makes the page anew; what somebody is writing in it stays.
async function refresh() {
  const written = document.querySelector("textarea")?.value ?? "";
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  const wasWriting = document.activeElement?.tagName === "TEXTAREA";
  const opened = [...document.querySelectorAll("main details")].map((each) => each.open);
  byId("main").replaceChildren(...fresh.childNodes);
  document.querySelectorAll("main details").forEach((each, index) => { each.open = opened[index] ?? false; });
  const area = document.querySelector("textarea");
  if (area) {
    area.value = written;
    if (wasWriting) area.focus();
  }
  byId("news").textContent = document.querySelector("[data-changed]")?.dataset.changed ?? "";
}

// What takes long to read is read after the page is there.
async function loadLazy(place) {
  const answer = await fetch(place.dataset.lazy);
  if (!answer.ok || answer.redirected) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part]");
  if (part) place.append(part);
}

function showAges() {
  for (const age of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(age.dataset.since)) / 1000));
    age.textContent = age.dataset.text.replace("{seconds}", seconds.toLocaleString());
  }
}

document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
addEventListener("pagehide", stop);
addEventListener("pageshow", listen);
for (const place of document.querySelectorAll("[data-lazy]")) loadLazy(place);
setInterval(showAges, 1000);
showAges();
listen();
