/**
 * Rows with names over their columns; on phones each row is a card, in which every value has its name beside it.
 * `columns` are `{ name, cell(row), kind? }`; `kind` is `number`, `main`, `choice`, `end`, `time` or `actions`; `name` is a class
 * for a list that looks otherwise on phones.
 */
export function Table({ caption, columns, rows, keyOf = (row) => row.id, name = "" }) {
  return (
    <table class={`table ${name}`}>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, kind }) => (
            <th key={name} scope="col" class={kind && `cell-${kind}`}>
              {["actions", "choice"].includes(kind) ? <span class="unseen">{name}</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ name, kind, cell }) => (
              <td key={name} class={kind && `cell-${kind}`} data-name={name}>{cell(row)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
