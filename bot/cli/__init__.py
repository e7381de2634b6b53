"""The command line: `encore`."""

import typer

from bot.cli import demo, doctor, imports, manifest, outbox, people, points, programme, serve, stats, verify

app = typer.Typer(
    name="encore", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True,
    help="Encore: recognition for customer-service teams, in Slack.",
)  # fmt: skip
app.command()(demo.demo)
app.command()(serve.serve)
app.command()(doctor.doctor)
app.command()(manifest.manifest)
app.command("stats")(stats.figures)
app.command()(stats.board)
app.command("rebuild")(stats.rebuild_all)
app.command()(verify.verify)
app.add_typer(imports.app, name="import")
app.add_typer(outbox.app, name="outbox")
app.add_typer(people.app, name="people")
app.add_typer(points.app, name="points")
app.add_typer(programme.app, name="programme")
app.add_typer(programme.sites, name="site")
