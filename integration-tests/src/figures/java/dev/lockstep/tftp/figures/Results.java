package dev.lockstep.tftp.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file of results. Each line has a kind and its fields, separated by bars; a line that begins with {@code #} is a
 * comment.
 */
record Results(List<Row> rows) {
    /** A line of the file: the kind, then the values. */
    record Row(List<String> fields) {
        /** Returns a field; the kind is field 0. */
        String text(int field) {
            return fields.get(field);
        }

        double number(int field) {
            return Double.parseDouble(fields.get(field));
        }
    }

    static Results read(Path file) throws IOException {
        return new Results(Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> new Row(List.of(line.split("\\|", -1))))
                .toList());
    }

    /** Returns the lines of a kind. */
    List<Row> all(String kind) {
        return rows.stream().filter(row -> row.text(0).equals(kind)).toList();
    }

    /** Returns the first value of the only line of a kind, or empty if there is none. */
    Optional<String> value(String kind) {
        return all(kind).stream().findFirst().map(row -> row.text(1));
    }

    /** Returns the distinct values of a field in the lines of a kind, in their order. */
    List<String> distinct(String kind, int field) {
        return all(kind).stream().map(row -> row.text(field)).distinct().toList();
    }

    /** Returns the conditions of the runs as a table: date, commit, machine, and versions of other programs. */
    String conditions() {
        MarkdownTable table = new MarkdownTable("Condition", "Value");
        for (Row row : all("condition")) {
            table.row(row.text(1), row.text(2));
        }
        return table.toString();
    }
}
