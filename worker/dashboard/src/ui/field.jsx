/** Form fields: a name, what is typed, what to type, and what is wrong with it, tied together for screen readers. */

import { useId } from "preact/hooks";

/** `children` is a function of the attributes that the control needs. */
export function Field({ label, hint, problem, children, isOptional }) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isOptional && <span class="field-optional">optional</span>}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": problem ? true : undefined })}
      {hint && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
      {problem && <p class="field-problem" id={`${id}-problem`}>{problem}</p>}
    </div>
  );
}

/** Passwords are not spelled, completed or corrected. */
const VERBATIM = { autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: false };

/** `onText` hears the text. `isVerbatim` is for what machines read: ids, keys, addresses. */
export function TextField({ label, hint, problem, isOptional, isVerbatim, value, onText, ...rest }) {
  return (
    <Field {...{ label, hint, problem, isOptional }}>
      {(tied) => (
        <input
          class={`input ${isVerbatim ? "input-mono" : ""}`}
          value={value}
          onInput={(event) => onText(event.currentTarget.value)}
          {...(isVerbatim ? VERBATIM : {})}
          {...tied}
          {...rest}
        />
      )}
    </Field>
  );
}

export function TextArea({ label, hint, problem, isOptional, value, onText, ...rest }) {
  return (
    <Field {...{ label, hint, problem, isOptional }}>
      {(tied) => (
        <textarea class="input" onInput={(event) => onText(event.currentTarget.value)} {...tied} {...rest} value={value} />
      )}
    </Field>
  );
}

/** `options` are `[value, name]`. */
export function Select({ label, hint, problem, value, options, onText, ...rest }) {
  return (
    <Field {...{ label, hint, problem }}>
      {(tied) => (
        <select class="input" value={value} onChange={(event) => onText(event.currentTarget.value)} {...tied} {...rest}>
          {options.map(([key, name]) => (
            <option key={key} value={key}>{name}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({ label, hint, isChecked, onToggle, ...rest }) {
  const id = useId();
  return (
    <div class="checkbox">
      <input
        type="checkbox"
        id={id}
        checked={isChecked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onToggle(event.currentTarget.checked)}
        {...rest}
      />
      <label for={id}>{label}</label>
      {hint && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

/** One of a few, all of them seen. `options` are `[value, name, hint]`. */
export function Choice({ label, value, options, onText }) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([key, title, hint]) => (
        <label key={key} class="choice-option">
          <input type="radio" name={name} value={key} checked={value === key} onChange={() => onText(key)} />
          <span>
            {title}
            {hint && <small>{hint}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
