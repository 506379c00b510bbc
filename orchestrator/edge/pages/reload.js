setTimeout(() => location.reload(), 1000 * document.currentScript.dataset.after);
