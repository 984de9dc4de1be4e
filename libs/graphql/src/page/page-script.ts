/**
 * The script of the query page, as the browser gets it. A token comes in the fragment (`#token=…`, which is never sent to
 * a server), stays in this tab's session, and goes into each request unless the headers editor says otherwise.
 */
export const PAGE_SCRIPT = `'use strict';
(function () {
  var here = location.pathname;
  var tokenKey = 'sandkube.token ' + here;
  var given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(tokenKey, given);
    history.replaceState(null, '', here + location.search);
  }

  function authorization(headers) {
    var names = Object.keys(headers || {});
    for (var i = 0; i < names.length; i++) {
      if (names[i].toLowerCase() === 'authorization' && headers[names[i]]) return headers[names[i]];
    }
    var token = sessionStorage.getItem(tokenKey);
    return token ? 'Bearer ' + token : undefined;
  }

  var sockets = {};
  function socketAs(credentials) {
    var key = credentials || '';
    if (!sockets[key]) {
      var url = location.origin.replace(/^http/, 'ws') + here;
      sockets[key] = graphqlWs.createClient({
        url: url,
        lazy: true,
        retryAttempts: 5,
        connectionParams: credentials ? { authorization: credentials } : {},
      });
    }
    return sockets[key];
  }

  function isSubscription(params, document) {
    var operations = ((document && document.definitions) || []).filter(function (node) {
      return node.kind === 'OperationDefinition' && (!params.operationName || (node.name && node.name.value === params.operationName));
    });
    return operations.length === 1 && operations[0].operation === 'subscription';
  }

  function fetcher(params, options) {
    var headers = (options && options.headers) || {};
    var credentials = authorization(headers);
    if (isSubscription(params, options && options.documentAST)) return socketAs(credentials).iterate(params);
    var all = Object.assign({ accept: 'application/json' }, headers, { 'content-type': 'application/json' });
    if (credentials) all.authorization = credentials;
    return fetch(here, { method: 'POST', headers: all, body: JSON.stringify(params) }).then(function (response) {
      return response.json();
    });
  }

  // Tabs and history of one cluster are not another's.
  var prefix = 'sandkube ' + here + ' ';
  var storage = {
    get length() { return localStorage.length; },
    getItem: function (key) { return localStorage.getItem(prefix + key); },
    setItem: function (key, value) { localStorage.setItem(prefix + key, value); },
    removeItem: function (key) { localStorage.removeItem(prefix + key); },
    clear: function () {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf(prefix) === 0) localStorage.removeItem(key);
      });
    },
  };

  var root = document.getElementById('graphiql');
  var credentials = authorization({});
  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher: fetcher,
      storage: storage,
      defaultQuery: root.dataset.query,
      defaultHeaders: credentials ? undefined : '{\\n  "Authorization": "Bearer "\\n}',
      defaultEditorToolsVisibility: credentials ? false : 'headers',
    })
  );
})();
`;

export const PAGE_STYLE = `html, body, #graphiql { height: 100%; margin: 0; }
#graphiql { display: flex; flex-direction: column; }
#graphiql > p { font: 16px/1.5 system-ui, sans-serif; margin: auto; }
`;
