// Signing with the key that lies in this browser and cannot be taken out of it (WebCrypto, Ed25519).
"use strict";

(() => {
  const kept = () => new Promise((resolve, reject) => {
    const opening = indexedDB.open("tierengine", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => resolve(opening.result);
  });
  const ask = async (mode, act) => {
    const store = (await kept()).transaction("keys", mode).objectStore("keys");
    return new Promise((resolve, reject) => {
      const asked = act(store);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };
  const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const bytes = (coded) => Uint8Array.from(atob(coded), (each) => each.charCodeAt(0));
  const show = (words) => {
    const place = document.getElementById("key-says");
    if (place) place.textContent = words;
  };

  const shown = async (pair) => text(await crypto.subtle.exportKey("raw", pair.publicKey));
  const make = async (name) => {
    const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    await ask("readwrite", (store) => store.put(pair, name));
    return pair;
  };

  document.getElementById("announce")?.addEventListener("submit", async (event) => {
    const form = event.currentTarget;
    if (form.elements.key.value) return;
    event.preventDefault();
    try {
      const pair = await ask("readonly", (store) => store.get(form.dataset.name));
      const spent = !pair || form.dataset.spent.split(" ").includes(await shown(pair));
      form.elements.key.value = await shown(spent ? await make(form.dataset.name) : pair);
    } catch (error) {
      return show(`This browser cannot make the key (${error.name}). It takes one that knows Ed25519, by HTTPS.`);
    }
    form.submit();
  });

  document.getElementById("signing")?.addEventListener("submit", async (event) => {
    const form = event.currentTarget;
    if (!("elsewhere" in form.dataset) || form.elements.signature.value) return;
    event.preventDefault();
    const pair = await ask("readonly", (store) => store.get(form.dataset.name));
    if (!pair) return show("This browser holds no key of yours. Make one on your page.");
    form.elements.signature.value = text(await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, bytes(form.dataset.bytes)));
    form.submit();
  });
})();
