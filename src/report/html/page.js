// The page can be read without this: it sorts tables, hides series and shows one step of a training at a time. It holds no sign that XML would take for markup.
'use strict';

function key(row, column) {
  const cell = row.cells[column];
  const number = cell.dataset.number;
  return number === undefined ? cell.textContent : Number(number);
}

function empty(row, column) {
  const cell = row.cells[column];
  return cell.classList.contains('number') ? cell.dataset.number === undefined : cell.textContent === '';
}

function compare(one, other) {
  if (typeof one === 'number') {
    return one - other;
  }
  return one.localeCompare(other, undefined, { numeric: true });
}

function sort(table, head, column) {
  const heads = Array.from(table.tHead.rows[0].cells);
  const before = head.getAttribute('aria-sort');
  // numbers begin with the greatest
  const first = head.classList.contains('number') ? 'descending' : 'ascending';
  const second = first === 'ascending' ? 'descending' : 'ascending';
  const order = before === first ? second : first;
  heads.forEach(function (other) { other.removeAttribute('aria-sort'); });
  head.setAttribute('aria-sort', order);
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const full = rows.filter(function (row) { return !empty(row, column); });
  const rest = rows.filter(function (row) { return empty(row, column); });
  full.sort(function (one, other) {
    const way = compare(key(one, column), key(other, column));
    return order === 'ascending' ? way : -way;
  });
  full.concat(rest).forEach(function (row) { body.appendChild(row); });
}

document.querySelectorAll('table.sortable').forEach(function (table) {
  Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append.apply(button, Array.from(head.childNodes));
    head.appendChild(button);
    button.addEventListener('click', function () { sort(table, head, column); });
  });
});

document.querySelectorAll('td a').forEach(function (link) {
  link.addEventListener('click', function () { document.getElementById(link.hash.slice(1)).open = true; });
});

document.querySelectorAll('li.key').forEach(function (item) {
  const button = document.createElement('button');
  button.type = 'button';
  button.title = 'show or hide';
  button.setAttribute('aria-pressed', 'true');
  button.append.apply(button, Array.from(item.childNodes));
  item.appendChild(button);
  const series = item.closest('figure').querySelectorAll('g[data-series="' + item.dataset.series + '"]');
  button.addEventListener('click', function () {
    const shown = button.getAttribute('aria-pressed') === 'true';
    button.setAttribute('aria-pressed', String(!shown));
    series.forEach(function (group) { group.classList.toggle('off', shown); });
  });
});

document.querySelectorAll('figure.frames').forEach(function (figure) {
  const frames = Array.from(figure.querySelectorAll('.frame'));
  const slider = document.createElement('input');
  const step = document.createElement('output');
  const bar = document.createElement('div');
  slider.type = 'range';
  slider.min = '0';
  slider.max = String(frames.length - 1);
  slider.value = slider.max;
  slider.setAttribute('autocomplete', 'off');
  slider.setAttribute('aria-label', figure.querySelector('figcaption').textContent + ', step of training');
  step.setAttribute('aria-hidden', 'true');
  function show() {
    const shown = frames[Number(slider.value)];
    frames.forEach(function (frame) { frame.classList.toggle('on', frame === shown); });
    slider.setAttribute('aria-valuetext', shown.dataset.step);
    step.textContent = shown.dataset.step;
  }
  slider.addEventListener('input', show);
  bar.className = 'slider';
  bar.append(slider, step);
  figure.querySelector('.steps').before(bar);
  figure.classList.add('live');
  show();
});
