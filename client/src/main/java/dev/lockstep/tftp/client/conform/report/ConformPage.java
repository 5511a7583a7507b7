package dev.lockstep.tftp.client.conform.report;

import static dev.lockstep.tftp.client.conform.report.ConformReport.escape;

import dev.lockstep.tftp.client.conform.CheckResult;
import dev.lockstep.tftp.client.conform.ProtocolCase;
import java.util.Locale;

/** Formats results as one HTML page without scripts, which needs no network. */
public final class ConformPage {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>tftp conform: %1$s</title>
            <style>
            :root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --good: #1a7f37; --open: #7a5b00 }
            @media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #6fdd8b; --open: #ffd766 } }
            body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem }
            h1 { font-size: 1.3rem; overflow-wrap: anywhere }
            table { border-collapse: collapse; width: 100%% }
            th, td { border-bottom: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top }
            td:nth-child(-n+4) { white-space: nowrap }
            .passed { color: var(--good) } .failed { color: var(--bad); font-weight: 600 } .skipped { color: var(--open) }
            pre { overflow-x: auto; font-size: .85rem }
            p { margin: .2rem 0 }
            @media (max-width: 40rem) { td:nth-child(4), th:nth-child(4) { display: none } }
            </style>
            </head>
            <body>
            <h1>tftp conform: %1$s</h1>
            <p>%2$s</p>
            <p>%3$s, %4$.1f s, %5$s</p>
            <table>
            <thead><tr><th>Result</th><th>ID</th><th>Severity</th><th>Clause</th><th>Required behaviour</th></tr></thead>
            <tbody>
            """;

    private ConformPage() {}

    /**
     * Returns the HTML page.
     *
     * @param report the results
     * @return the HTML text
     */
    public static String of(ConformReport report) {
        StringBuilder html = new StringBuilder(String.format(
                Locale.ROOT,
                HEAD,
                escape(report.target()),
                escape(report.summary()),
                report.begin(),
                report.seconds(),
                escape(report.version())));
        report.results().forEach(result -> append(html, result));
        return html.append("</tbody>\n</table>\n</body>\n</html>\n").toString();
    }

    private static void append(StringBuilder html, CheckResult result) {
        ProtocolCase protocolCase = result.check().protocolCase();
        html.append("<tr id=\"").append(result.check().id()).append("\"><td class=\"");
        html.append(result.status()).append("\">").append(result.status());
        for (Object cell : new Object[] {result.check().id(), result.severity(), protocolCase.clause()}) {
            html.append("</td><td>").append(escape(cell.toString()));
        }
        html.append("</td><td><p>").append(escape(protocolCase.text())).append("</p>");
        if (!result.detail().isEmpty()) {
            html.append("<p class=\"").append(result.status()).append("\">");
            html.append(escape(result.detail())).append("</p>");
        }
        html.append("<details><summary>").append(escape(result.check().steps())).append("</summary><pre>");
        html.append(escape(String.join("\n", result.transcript())));
        html.append("</pre></details></td></tr>\n");
    }
}
