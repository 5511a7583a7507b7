// A table whose rows are kept by a key and changed in place, so that focus, selection and scroll position stay. All text is
// set as text, never as markup: file names are text of peers.

export function element(parent, tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return parent ? parent.appendChild(made) : made;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows a number with a unit of constant width, so that the digits of a column are aligned. */
export function setQuantity(cell, [number, unit]) {
  if (!cell.firstElementChild) {
    cell.replaceChildren();
    element(cell, "span", "number");
    element(cell, "span", "unit");
  }
  setText(cell.firstElementChild, number);
  setText(cell.lastElementChild, unit);
}

/**
 * A column.
 * key: its name; label: its heading; type: the class of its cells; show(cell, row): shows a row, also again
 * sort(one, other): its order, the smallest first, if the table can be sorted by it; first: "desc" to begin with the largest
 */
export class LiveTable {
  constructor(table, columns, keyOf, {sort, order, select, onSort} = {}) {
    this.columns = columns;
    this.keyOf = keyOf;
    this.rows = new Map();
    this.sort = sort;
    this.order = order;
    this.select = select;
    this.onSort = onSort;
    table.setAttribute("role", "table"); // the layout for phones would take the role away
    const head = element(table, "thead");
    head.setAttribute("role", "rowgroup");
    const line = element(head, "tr");
    line.setAttribute("role", "row");
    this.headings = new Map(columns.map(column => [column.key, this.#heading(line, column)]));
    this.body = element(table, "tbody");
    this.body.setAttribute("role", "rowgroup");
    if (select) this.#fillSelect();
    this.#markSort();
  }

  #heading(line, column) {
    const heading = element(line, "th", column.type);
    heading.scope = "col";
    heading.setAttribute("role", "columnheader");
    if (column.sort) {
      const button = element(heading, "button", "sort", column.label);
      button.type = "button";
      button.addEventListener("click", () => this.#sortBy(column.key));
    } else {
      heading.textContent = column.label;
    }
    return heading;
  }

  #fillSelect() {
    for (const column of this.columns.filter(each => each.sort)) {
      for (const order of column.first === "desc" ? ["desc", "asc"] : ["asc", "desc"]) {
        const option = element(this.select, "option", "", column.label + (order === "asc" ? " ↑" : " ↓"));
        option.value = column.key + " " + order;
      }
    }
    this.select.addEventListener("change", () => this.#use(...this.select.value.split(" ")));
  }

  #sortBy(key) {
    const first = this.columns.find(column => column.key === key).first ?? "asc";
    const again = this.sort === key;
    this.#use(key, again ? (this.order === "asc" ? "desc" : "asc") : first);
  }

  #use(key, order) {
    this.sort = key;
    this.order = order;
    this.#markSort();
    this.onSort?.();
  }

  #markSort() {
    for (const [key, heading] of this.headings) {
      if (key === this.sort) heading.setAttribute("aria-sort", this.order === "asc" ? "ascending" : "descending");
      else heading.removeAttribute("aria-sort");
    }
    if (this.select) this.select.value = this.sort + " " + this.order;
  }

  /** Returns the rows in the chosen order; rows that are equal keep theirs. */
  sorted(rows) {
    const column = this.columns.find(each => each.key === this.sort);
    if (!column?.sort) return rows;
    const sign = this.order === "desc" ? -1 : 1;
    return [...rows].sort((one, other) => sign * column.sort(one, other));
  }

  /** Shows these rows in this order, and no others. */
  show(list) {
    const keys = new Set(list.map(this.keyOf));
    for (const [key, row] of this.rows) {
      if (!keys.has(key)) {
        row.line.remove();
        this.rows.delete(key);
      }
    }
    let next = this.body.firstElementChild;
    for (const each of list) {
      const row = this.rows.get(this.keyOf(each)) ?? this.#add(this.keyOf(each));
      this.columns.forEach((column, i) => column.show(row.cells[i], each));
      if (row.line === next) next = next.nextElementSibling;
      else this.body.insertBefore(row.line, next);
    }
  }

  #add(key) {
    const line = element(null, "tr");
    line.setAttribute("role", "row");
    const cells = this.columns.map((column, i) => {
      const cell = element(line, i === 0 ? "th" : "td", column.type);
      if (i === 0) cell.scope = "row";
      cell.setAttribute("role", i === 0 ? "rowheader" : "cell");
      cell.dataset.label = column.label;
      return cell;
    });
    const row = {line, cells};
    this.rows.set(key, row);
    return row;
  }
}
