// The page of an import at work: how far it is, every second; the next page as soon as there is one.
const progress = document.getElementById("avancement");

async function look() {
  try {
    const answer = await fetch(progress.dataset.url, { redirect: "manual" });
    if (!answer.ok || answer.headers.get("X-Import-State") !== progress.dataset.step) return location.reload();
    progress.innerHTML = await answer.text();
  } catch {
    // The network is away: it is asked again.
  }
  setTimeout(look, 1000);
}

if (progress) setTimeout(look, 1000);
