// How the loader's few pieces look. They live in a closed shadow root, where the host page's styles do not reach.
// The values are those of `assets/tokens.css`, which a host page does not have.

export const LOOK = `
.r{--p:#faf8f5;--s:#fff;--i:#1d2a2f;--c:#7a8688;--a:#2b6a5f;--b:#fff;font:16px/1.5 system-ui,sans-serif;color:var(--i)}
.r *{box-sizing:border-box;font:inherit}
.r>*{position:fixed;inset-inline-end:16px}
.start>*{inset-inline:16px auto}
.bar,.panel{bottom:calc(var(--under,0px) + 16px)}
.panel,a,button{display:flex}
.panel{width:380px;height:min(640px,var(--height,100vh) - 80px);flex-direction:column;overflow:hidden;background:var(--p);border:1px solid var(--c);border-radius:8px;box-shadow:0 4px 16px #0003}
button,.exit{align-items:center;justify-content:center;gap:8px;min-width:44px;min-height:44px;padding:4px 16px;border-radius:8px;background:var(--s);color:var(--i);border:1px solid var(--c);text-decoration:none;cursor:pointer}
.exit{flex:none;border:2px solid}
.panel>.exit{margin:8px}
.r>.exit{top:calc(var(--top,0px) + 8px)}
.launcher{min-height:56px;padding:4px 24px;border-radius:28px;background:var(--a);color:var(--b)}
.free{font-size:13px}
.said{top:calc(var(--top,0px) + 64px);padding:0 16px;background:var(--i);color:var(--s)}
iframe{flex:1;min-height:0;border:0}
.fallback{flex:1;overflow:auto;padding:8px 16px}
p{margin:0 0 8px}
p>a{display:inline;color:var(--a)}
.r [hidden],.r[hidden],.free:empty{display:none}
:focus-visible{outline:3px solid var(--a);outline-offset:2px}
@media(max-width:480px),(max-height:480px){.panel.panel{inset:auto;top:var(--top,0);left:var(--left,0);width:var(--width,100vw);height:var(--height,100vh);border:0;border-radius:0}}
@media(prefers-color-scheme:dark){.r{--p:#14181a;--s:#1c2225;--i:#e9eceb;--c:#718086;--a:#7cc3b4;--b:#0d1f1b}}
@media print{.r{display:none}}`;
