// The provider's card form (docs.stripe.com/payments/payment-element). Its fields live in frames of
// the provider, so a card's number never reaches this page. Without the provider's script nothing
// can be paid, and the form says so.

function bind(form) {
  const problem = form.querySelector("[data-card-problem]");
  const button = form.querySelector("button");
  if (!window.Stripe) {
    problem.textContent = "The payment provider cannot be reached. Reload this page.";
    button.disabled = true;
    return;
  }
  const { key, secret, back } = form.dataset;
  const stripe = window.Stripe(key);
  const elements = stripe.elements({ clientSecret: secret });
  elements.create("payment").mount(form.querySelector("[data-card-place]"));
  const confirm = "isSetup" in form.dataset ? stripe.confirmSetup : stripe.confirmPayment;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    // It comes back only with an error; otherwise the browser goes on to `return_url`.
    const { error } = await confirm.call(stripe, {
      elements,
      confirmParams: { return_url: back },
    });
    problem.textContent = error.message;
    button.disabled = false;
  });
}

document.querySelectorAll("[data-card-form]").forEach(bind);
