package dev.lockstep.tftp.figures;

import dev.lockstep.tftp.figures.Results.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of conformance: each check with its result for each peer, and what the failures are. */
final class ConformanceFigures {
    private static final int PEER = 1;
    private static final int ID = 2;
    private static final int SEVERITY = 3;
    private static final int RESULT = 4;
    private static final int DETAIL = 5;

    private final Results results;

    ConformanceFigures(Results results) {
        this.results = results;
    }

    /** Returns the blocks of the page by their names. */
    Map<String, String> blocks() {
        return Map.of(
                "conditions", results.conditions(),
                "servers", table("server"),
                "server-failures", failures("server"),
                "clients", table("client"),
                "client-failures", failures("client"));
    }

    private String table(String kind) {
        List<String> peers = results.distinct(kind, PEER);
        MarkdownTable table = new MarkdownTable(
                Stream.concat(Stream.of("ID", "Severity"), peers.stream()).toArray(String[]::new));
        for (String id : results.distinct(kind, ID)) {
            List<String> cells = new ArrayList<>();
            for (String peer : peers) {
                cells.add(row(kind, peer, id)
                        .map(found -> mark(found.text(RESULT)))
                        .orElse(""));
            }
            String severity = results.all(kind).stream()
                    .filter(found -> found.text(ID).equals(id))
                    .findFirst()
                    .map(found -> found.text(SEVERITY))
                    .orElse("");
            table.row(Stream.concat(Stream.of(id, severity), cells.stream()).toArray(String[]::new));
        }
        List<String> sums = peers.stream().map(peer -> sum(kind, peer)).toList();
        table.row(Stream.concat(Stream.of("passed / failed / skipped", ""), sums.stream())
                .toArray(String[]::new));
        return table.toString();
    }

    private Optional<Row> row(String kind, String peer, String id) {
        return results.all(kind).stream()
                .filter(found -> found.text(PEER).equals(peer) && found.text(ID).equals(id))
                .findFirst();
    }

    private static String mark(String result) {
        return switch (result) {
            case "ok" -> "✓";
            case "FAILED" -> "**✗**";
            default -> "–";
        };
    }

    private String sum(String kind, String peer) {
        return Stream.of("ok", "FAILED", "skipped")
                .map(result -> ""
                        + results.all(kind).stream()
                                .filter(row -> row.text(PEER).equals(peer)
                                        && row.text(RESULT).equals(result))
                                .count())
                .collect(Collectors.joining(" / "));
    }

    private String failures(String kind) {
        StringBuilder text = new StringBuilder();
        for (String peer : results.distinct(kind, PEER)) {
            List<Row> failed = results.all(kind).stream()
                    .filter(row ->
                            row.text(PEER).equals(peer) && row.text(RESULT).equals("FAILED"))
                    .toList();
            if (!failed.isEmpty()) {
                text.append("\n**").append(peer).append("**\n\n");
                failed.forEach(row -> text.append("- ")
                        .append(row.text(ID))
                        .append(": `")
                        .append(row.text(DETAIL).replace('`', '\''))
                        .append("`\n"));
            }
        }
        return text.isEmpty() ? "No check failed." : text.toString();
    }
}
