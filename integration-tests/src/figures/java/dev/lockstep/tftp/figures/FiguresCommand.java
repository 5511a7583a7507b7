package dev.lockstep.tftp.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the figures of the documentation. A page has its text, and blocks between the lines {@code <!-- figures NAME -->}
 * and {@code <!-- end -->}, which are generated from the results beside it, as are its charts.
 */
public final class FiguresCommand {
    private static final Pattern BLOCK = Pattern.compile("(?s)(<!-- figures ([\\w-]+) -->\n)(.*?)(<!-- end -->)");

    private FiguresCommand() {}

    /**
     * Writes the generated files of a repository, or prints the tables of the throughput if the argument is a file of
     * results.
     */
    public static void main(String[] arguments) throws IOException {
        Path argument = Path.of(arguments[0]);
        if (Files.isRegularFile(argument)) {
            Map<String, String> blocks = new PerformanceFigures(Results.read(argument)).blocks();
            List.of("conditions", "throughput", "variants", "best", "processor", "memory")
                    .forEach(block -> System.out.println(blocks.get(block)));
            return;
        }
        for (Map.Entry<Path, String> file : generate(argument).entrySet()) {
            Files.writeString(file.getKey(), file.getValue());
            System.out.println(file.getKey());
        }
    }

    /** Returns the files with generated figures and their contents. */
    public static Map<Path, String> generate(Path repository) throws IOException {
        Path docs = repository.resolve("docs");
        PerformanceFigures performance = new PerformanceFigures(Results.read(docs.resolve("performance.txt")));
        ResilienceFigures resilience = new ResilienceFigures(Results.read(docs.resolve("resilience.txt")));
        ConformanceFigures conformance = new ConformanceFigures(Results.read(docs.resolve("conformance.txt")));
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(repository.resolve("README.md"), filled(repository.resolve("README.md"), performance.blocks()));
        files.put(docs.resolve("performance.md"), filled(docs.resolve("performance.md"), performance.blocks()));
        files.put(docs.resolve("performance.svg"), performance.chart());
        files.put(docs.resolve("resilience.md"), filled(docs.resolve("resilience.md"), resilience.blocks()));
        files.put(docs.resolve("resilience.svg"), resilience.chart());
        files.put(docs.resolve("conformance.md"), filled(docs.resolve("conformance.md"), conformance.blocks()));
        files.put(docs.resolve("soak.svg"), resilience.soakChart());
        return files;
    }

    /** Returns a page with its blocks generated anew. */
    static String filled(Path page, Map<String, String> blocks) throws IOException {
        return BLOCK.matcher(Files.readString(page)).replaceAll(block -> {
            String text = blocks.get(block.group(2));
            if (text == null) {
                throw new IllegalArgumentException(
                        page + ": block " + block.group(2) + " (expected: one of " + blocks.keySet() + ")");
            }
            return Matcher.quoteReplacement(block.group(1) + "\n" + text.strip() + "\n\n" + block.group(4));
        });
    }
}
