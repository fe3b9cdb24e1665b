// The command line: one subcommand per file in commands/.
#include <algorithm>
#include <cstdio>
#include <vector>

#include <CLI/CLI.hpp>

#include "compiler/driver/command.h"

int main(int argc, char** argv) {
  using namespace chainhunt::driver;
  CLI::App app{"chainhunt hunts for chains of behaviour in security logs."};
  app.name("chainhunt");
  app.set_version_flag("--version", "chainhunt " CHAINHUNT_VERSION);
  app.require_subcommand(1);
  app.footer("Exit status: 0 fine; 1 findings with --fail-on-finding or at --fail-level, a failed test, unformatted\n"
             "files; 2 an error in a rule; 3 usage, configuration or input.");

  std::vector<const Command*> commands(all_commands().begin(), all_commands().end());
  std::sort(commands.begin(), commands.end(), [](const Command* a, const Command* b) { return a->order < b->order; });
  int status = kFine;
  for (const Command* command : commands) {
    CLI::App* sub = app.add_subcommand(command->name, command->help);
    auto run = command->setup(*sub);
    sub->callback([run = std::move(run), &status] { status = run(); });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kFine : kUsage;
  }
  return status;
}
