const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const data = JSON.parse(byId("numbers").textContent);
const live = byId("live");
const say = (text) => { live.textContent = text; };
root.classList.add("js");
