// Parses and binds each query (files named on the command line) with Kusto's own language service, tables included.
// Prints one line for each complaint; the first argument is the folder that holds node_modules.
const fs = require('fs');
const path = require('path');
require(path.join(process.argv[2], 'node_modules', '@kusto', 'language-service-next', 'bridge.min.js'));
require(path.join(process.argv[2], 'node_modules', '@kusto', 'language-service-next', 'Kusto.Language.Bridge.min.js'));
const L = Kusto.Language, S = L.Symbols;
const source = fs.readFileSync(process.argv[3], 'utf8');  // the exporter's table of columns
const columns = [...source.match(/names = \{([^}]*)\}/)[1].matchAll(/"(\w+)"/g)].map((m) => m[1]);
const typed = (name) => `${name}: ${name === 'LogonType' || name === 'KeyLength' ? 'int' : 'string'}`;
const common = 'TimeGenerated: datetime, Computer: string, EventID: int, EventData: string, _ItemId: string';
const tables = {
  SecurityEvent: `(${common}, Channel: string, EventSourceName: string, ${columns.map(typed).join(', ')})`,
  Event: `(${common}, EventLog: string, Source: string)`,
};
const symbols = Object.entries(tables).map(([name, text]) => new S.TableSymbol.$ctor7(name, text, ''));
const globals = L.GlobalState.Default.WithDatabase(new S.DatabaseSymbol.ctor('db', symbols));
let bad = 0;
for (const file of process.argv.slice(4)) {
  const text = fs.readFileSync(file, 'utf8');
  const found = L.KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
  for (let i = 0; i < found.Count; ++i) {
    const d = found.getItem(i);
    console.log(`${path.basename(file)}: ${d.Message}: ${text.substr(d.Start, 60)}`);
    ++bad;
  }
}
process.exit(bad ? 1 : 0);
