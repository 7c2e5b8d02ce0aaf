// Closes an open question on Escape and on a click elsewhere. Without scripts its own summary does.

const questions = document.querySelectorAll("[data-confirm]");

if (questions.length) {
  document.addEventListener("click", (event) => {
    for (const question of questions) {
      if (!question.contains(event.target)) question.open = false;
    }
  });
}

for (const question of questions) {
  question.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !question.open) return;
    question.open = false;
    question.querySelector("summary").focus();
  });
}
