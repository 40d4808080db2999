(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');

  // The policy of the page allows no style attributes. The drawing library sets some as attributes; set as properties, which the
  // policy lets a script do, they are the same.
  var setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === 'style') this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  // ---- sorting -------------------------------------------------------------------------------------------------------------

  function key(cell) {
    if (!cell) return null;
    var value = cell.getAttribute('data-v');
    if (value === null) {
      var text = cell.textContent.trim();
      return cell.hasAttribute('data-c') || text === '–' || text === '' ? null : text;
    }
    if (value === 'true') return 1;
    if (value === 'false') return 0;
    var number = Number(value);
    return isNaN(number) ? value : number;
  }

  function compare(one, other) {
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return String(one).localeCompare(String(other), root.lang);
  }

  function sort(head) {
    var row = head.parentNode, place = Array.prototype.indexOf.call(row.children, head);
    var body = head.closest('table').tBodies[0];
    var down = head.getAttribute('aria-sort') !== 'descending' && (head.classList.contains('n') || head.hasAttribute('aria-sort'));
    all('th', row).forEach(function (other) { other.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    var lines = all('tr', body).map(function (line, at) { return { line: line, key: key(line.children[place]), at: at }; });
    lines.sort(function (one, other) {
      // What is not known stands last, whichever way.
      if (one.key === null || other.key === null) return (one.key === null) - (other.key === null) || one.at - other.at;
      return (down ? -1 : 1) * compare(one.key, other.key) || one.at - other.at;
    });
    var sorted = document.createDocumentFragment();
    lines.forEach(function (line) { sorted.appendChild(line.line); });
    body.appendChild(sorted);
  }

  all('.sortable thead th').forEach(function (head) {
    head.querySelector('button').addEventListener('click', function () { sort(head); });
  });

  // ---- filtering -----------------------------------------------------------------------------------------------------------

  all('.tools').forEach(function (form) {
    var lines = all('tbody tr', form.parentNode.querySelector('.sortable'));
    var names = lines.map(function (line) { return line.children[0].textContent.toLowerCase(); });
    var sure = lines.map(function (line) { return line.querySelector('.mark.sure, .mark.usual, .mark.came, .mark.went') !== null; });
    var search = form.querySelector('[type=search]'), only = form.querySelector('[type=checkbox]');
    var output = form.querySelector('output');
    if (!lines.some(function (line) { return line.querySelector('.mark'); })) only.parentNode.hidden = true;
    function filter() {
      var wanted = search.value.trim().toLowerCase(), shown = 0;
      lines.forEach(function (line, at) {
        line.hidden = names[at].indexOf(wanted) < 0 || (only.checked && !sure[at]);
        if (!line.hidden) shown += 1;
      });
      output.textContent = shown + ' ' + output.getAttribute('data-of') + ' ' + lines.length + ' ' + output.getAttribute('data-word');
    }
    form.addEventListener('input', filter);
    form.addEventListener('submit', function (event) { event.preventDefault(); });
  });

  // ---- charts: each is drawn of the cells of a table -----------------------------------------------------------------------

  function colour(name) { return getComputedStyle(root).getPropertyValue('--' + name).trim(); }

  function mix(name, part) {
    function parts(hex) {
      if (hex.length === 4) hex = '#' + hex[1] + hex[1] + hex[2] + hex[2] + hex[3] + hex[3];
      return [1, 3, 5].map(function (at) { return parseInt(hex.slice(at, at + 2), 16); });
    }
    var one = parts(colour(name)), paper = parts(colour('card'));
    return 'rgb(' + one.map(function (value, at) { return Math.round(value * part + paper[at] * (1 - part)); }).join(',') + ')';
  }

  function number(cell) {
    var value = cell && cell.getAttribute('data-v');
    return value === null || value === undefined ? null : Number(value);
  }

  function text(cell) { return cell && cell.firstChild ? cell.firstChild.textContent.trim() : '–'; }

  // A row's cell by the name of its column.
  function cellOf(table, line, column) {
    var own = line.querySelector('[data-c="' + column + '"]');
    if (own) return own;
    var head = table.querySelector('thead [data-c="' + column + '"]');
    return head ? line.children[Array.prototype.indexOf.call(head.parentNode.children, head)] : null;
  }

  function inOrder(table) {
    return all('tbody tr', table).sort(function (one, other) { return one.getAttribute('data-r') - other.getAttribute('data-r'); });
  }

  function tip(lines) {
    var box = document.createElement('div');
    box.className = 'tip';
    lines.forEach(function (line, at) {
      var part = document.createElement(at === 0 ? 'b' : 'div');
      part.textContent = line;
      box.appendChild(part);
    });
    return box;
  }

  var compact = new Intl.NumberFormat(root.lang, { notation: 'compact', maximumFractionDigits: 1 });
  var font = getComputedStyle(document.body).fontFamily;

  function common(figure, more) {
    var still = figure.querySelector('.still svg');
    var base = {
      animation: false,
      textStyle: { fontFamily: font, color: colour('ink') },
      aria: { enabled: true, label: { enabled: true, description: still ? still.getAttribute('aria-label') : '' } },
      tooltip: {
        trigger: 'axis', confine: true, backgroundColor: colour('card'), borderColor: colour('rule'),
        textStyle: { color: colour('ink') }, axisPointer: { type: 'line', lineStyle: { color: colour('level') } }
      }
    };
    Object.keys(more).forEach(function (name) {
      base[name] = name === 'tooltip' ? Object.assign(base.tooltip, more.tooltip) : more[name];
    });
    return base;
  }

  function waterfall(figure) {
    var table = document.querySelector('#factors table'), lines = all('tbody tr', table);
    var first = lines[0], before = first.querySelector('[data-c=gmv_before]'), after = first.querySelector('[data-c=gmv_after]');
    var labels = all('.still text:not(.end)', figure).map(function (label) { return label.textContent; });
    var bars = [{ from: 0, to: number(before), text: text(before), kind: 'level' }], reached = number(before);
    lines.slice(1).forEach(function (line) {
      var cell = line.children[4], size = number(cell);
      if (size === null) return;
      bars.push({ from: reached, to: reached + size, text: text(cell), kind: size < 0 ? 'down' : 'up', range: cell.querySelector('small') });
      reached += size;
    });
    bars.push({ from: 0, to: number(after), text: text(after), kind: 'level' });
    var ends = bars.map(function (bar) { return bar.to; });
    var low = Math.min.apply(null, ends), high = Math.max.apply(null, ends.concat(0));
    var base = low > 0.5 * high ? low - Math.max(high - low, 0.02 * high) * 0.5 : Math.min(low, 0);
    // A level begins at zero, or where the axis does.
    var floor = Math.max(base, 0);
    // Amounts stand right of their bars, the longest of them right of the longest bar.
    var room = 12 + 7 * Math.max.apply(null, bars.map(function (bar) { return bar.text.length; }));
    return common(figure, {
      grid: { left: 8, right: room, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: 'value', min: base, max: high, show: false },
      yAxis: {
        type: 'category', inverse: true, data: labels, axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: colour('ink'), width: 120, overflow: 'break' }
      },
      tooltip: {
        formatter: function (parts) {
          var bar = bars[parts[0].dataIndex];
          return tip([labels[parts[0].dataIndex], bar.text].concat(bar.range ? [bar.range.textContent] : []));
        }
      },
      series: [
        { type: 'bar', stack: 'way', stackStrategy: 'all', silent: true, itemStyle: { color: 'transparent' }, barWidth: '58%',
          data: bars.map(function (bar) { return (bar.kind === 'level' ? floor : Math.min(bar.from, bar.to)); }) },
        { type: 'bar', stack: 'way', stackStrategy: 'all', barWidth: '58%',
          data: bars.map(function (bar) {
            var from = bar.kind === 'level' ? floor : bar.from;
            return { value: Math.abs(bar.to - from), itemStyle: { color: colour(bar.kind), borderRadius: 2 } };
          }),
          label: { show: true, position: 'right', color: colour('ink'), formatter: function (part) { return bars[part.dataIndex].text; } } }
      ]
    });
  }

  function trend(figure) {
    var column = figure.getAttribute('data-of'), table = document.querySelector('#trend table');
    var lines = inOrder(table);
    var cells = lines.map(function (line) { return cellOf(table, line, column); });
    function ends(end) { return cells.map(function (cell) { return number(cell && cell.querySelector('[data-c=' + column + '_' + end + ']')); }); }
    var low = ends('lo'), high = ends('hi'), periods = lines.map(function (line) { return line.children[0].textContent; });
    var values = cells.map(number), there = values.concat(low, high).filter(function (value) { return value !== null; });
    var least = Math.min.apply(null, there), most = Math.max.apply(null, there);
    // Values of the bands are stacked, and an axis that begins elsewhere than at zero needs its base taken off.
    var band = [];
    if (low.some(function (value) { return value !== null; })) {
      band = [
        { type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, stackStrategy: 'all', data: low },
        { type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, stackStrategy: 'all',
          areaStyle: { color: colour('up'), opacity: 0.18 },
          data: low.map(function (value, at) { return value === null || high[at] === null ? null : high[at] - value; }) }
      ];
    }
    return common(figure, {
      grid: { left: 4, right: 6, top: 6, bottom: 4 },
      xAxis: { type: 'category', data: periods, boundaryGap: false, show: false },
      yAxis: { type: 'value', min: least, max: most > least ? most : least + 1, show: false },
      tooltip: {
        formatter: function (parts) {
          var at = parts[0].dataIndex, range = cells[at].querySelector('small');
          return tip([periods[at], text(cells[at])].concat(range ? [range.textContent] : []));
        }
      },
      series: band.concat([{
        type: 'line', data: values, symbol: 'circle', symbolSize: 5, showSymbol: values.length < 30,
        lineStyle: { color: colour('up'), width: 2 }, itemStyle: { color: colour('up') }
      }])
    });
  }

  function heat(figure) {
    var table = document.querySelector('#streamers table'), lines;
    var columns = ['uv_effect', 'watch_effect', 'conversion_effect', 'aov_effect', 'repurchase_effect'];
    var factors = all('.still > svg > svg > text.mid:only-child', figure).map(function (label) { return label.textContent; });
    lines = inOrder(table).slice(0, all('.still > svg > svg > text:not(.mid)', figure).length);
    var names = lines.map(function (line) { return line.children[0].querySelector('bdi').textContent; });
    var data = [], largest = 0;
    lines.forEach(function (line, row) {
      columns.forEach(function (column, place) {
        var cell = cellOf(table, line, column), value = number(cell);
        if (value === null) return;
        largest = Math.max(largest, Math.abs(value));
        data.push({ value: [place, row, Math.sign(value) * Math.sqrt(Math.abs(value))], words: text(cell) });
      });
    });
    var wide = figure.clientWidth > 560, namesWidth = wide ? 180 : 84;
    var columnWidth = Math.floor((figure.clientWidth - namesWidth - 60) / columns.length) - 4;
    return common(figure, {
      grid: { left: 4, right: 8, top: 44, bottom: 8, containLabel: true },
      xAxis: { type: 'category', data: factors, position: 'top', axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: colour('ink'), interval: 0, width: columnWidth, overflow: 'break', fontSize: wide ? 12 : 10 } },
      yAxis: { type: 'category', data: names, inverse: true, axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: colour('ink'), width: namesWidth, overflow: 'truncate', interval: 0 } },
      visualMap: { show: false, min: -Math.sqrt(largest), max: Math.sqrt(largest), dimension: 2,
        inRange: { color: [mix('down', 0.5), colour('card'), mix('up', 0.5)] } },
      tooltip: { trigger: 'item', formatter: function (part) {
        return tip([names[part.value[1]], factors[part.value[0]], part.data.words]);
      } },
      series: [{ type: 'heatmap', data: data, itemStyle: { borderColor: colour('card'), borderWidth: 1, borderRadius: 2 },
        emphasis: { itemStyle: { borderColor: colour('ink') } },
        label: { show: true, color: colour('ink'), fontSize: wide ? 12 : 9, formatter: function (part) {
          return wide ? part.data.words : (part.value[2] > 0 ? '+' : part.value[2] < 0 ? '−' : '') + compact.format(part.value[2] * part.value[2]);
        } } }]
    });
  }

  function split(figure) {
    var column = figure.getAttribute('data-of'), table = figure.parentNode.querySelector('table'), lines = inOrder(table);
    var names = all('.legend span', figure).map(function (part) { return part.textContent.trim(); }), periods = [], sums = {};
    lines.forEach(function (line) {
      var period = line.children[0].textContent, gmv = cellOf(table, line, 'gmv');
      if (periods.indexOf(period) < 0) { periods.push(period); sums[period] = {}; }
      sums[period][line.children[1].textContent] = { size: Math.max(number(gmv) || 0, 0), words: text(gmv) };
    });
    function share(period, name) {
      var whole = names.reduce(function (sum, one) { return sum + (sums[period][one] ? sums[period][one].size : 0); }, 0);
      return whole > 0 && sums[period][name] ? sums[period][name].size / whole * 100 : 0;
    }
    return common(figure, {
      aria: { enabled: true, decal: { show: true }, label: { description: figure.querySelector('.still svg').getAttribute('aria-label') } },
      grid: { left: 4, right: 8, top: 34, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: colour('ink') }, itemWidth: 14, itemHeight: 10 },
      xAxis: { type: 'category', data: periods, axisTick: { show: false }, axisLine: { lineStyle: { color: colour('rule') } },
        axisLabel: { color: colour('soft'), hideOverlap: true, formatter: function (period) { return period.slice(5); } } },
      yAxis: { type: 'value', max: 100, interval: 50, axisLabel: { color: colour('soft'), formatter: '{value} %' }, splitLine: { lineStyle: { color: colour('rule') } } },
      tooltip: { formatter: function (parts) {
        var period = periods[parts[0].dataIndex];
        return tip([period].concat(names.map(function (name) {
          return name + ': ' + (sums[period][name] ? sums[period][name].words : '–') + ' (' + share(period, name).toFixed(1) + ' %)';
        })));
      } },
      series: names.map(function (name, at) {
        return { type: 'bar', stack: 'all', name: name, barCategoryGap: '25%', itemStyle: { color: colour('p' + Math.min(at, 2)) },
          data: periods.map(function (period) { return share(period, name); }) };
      })
    });
  }

  var kinds = { waterfall: waterfall, trend: trend, heat: heat, split: split }, drawn = [];

  function draw(figure) {
    var live = figure.querySelector('.live'), kind = figure.getAttribute('data-chart');
    var height = figure.getAttribute('data-height') || (kind === 'trend' ? 80 : 280);
    live.style.height = height + 'px';
    live.hidden = false;
    figure.classList.add('drawn');
    var chart = echarts.init(live, null, { renderer: 'svg' });
    chart.setOption(kinds[kind](figure));
    drawn.push({ figure: figure, chart: chart });
  }

  function start() {
    if (!window.echarts) return;
    var figures = all('figure.chart');
    if (!window.IntersectionObserver) { figures.forEach(draw); return; }
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        seen.unobserve(entry.target);
        draw(entry.target);
      });
    }, { rootMargin: '600px' });
    figures.forEach(function (figure) { seen.observe(figure); });
    var redraw = function () {
      drawn.forEach(function (one) { one.chart.setOption(kinds[one.figure.getAttribute('data-chart')](one.figure), true); });
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    var waiting = 0;
    addEventListener('resize', function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () { drawn.forEach(function (one) { one.chart.resize(); }); redraw(); }, 150);
    });
  }

  // After the first paint, so that the figures are there at once.
  requestAnimationFrame(function () { setTimeout(start, 0); });
})();
