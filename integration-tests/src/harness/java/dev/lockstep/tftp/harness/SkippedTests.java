package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Prints how many tests a build skipped and what is missing on the machine for them. Maven runs it last. */
public final class SkippedTests {
    private SkippedTests() {}

    /**
     * Prints the summary of the reports that were written since the build began.
     *
     * @param args the root folder of the repository, and the time when the build began, in ISO 8601
     */
    public static void main(String[] args) throws Exception {
        Instant begin = Instant.parse(args[1]);
        List<Path> reports = new ArrayList<>();
        for (Path report : reports(Path.of(args[0]))) {
            if (!Files.getLastModifiedTime(report).toInstant().isBefore(begin)) {
                reports.add(report);
            }
        }
        System.out.print(summary(reports));
    }

    private static List<Path> reports(Path root) throws IOException {
        PathMatcher report =
                root.getFileSystem().getPathMatcher("glob:**/target/{surefire,failsafe}-reports/TEST-*.xml");
        try (Stream<Path> files = Files.find(root, 4, (path, attributes) -> report.matches(path))) {
            return files.toList();
        }
    }

    /** Returns the lines about these reports; empty if they have no test. */
    static String summary(List<Path> reports) throws Exception {
        int tests = 0;
        int skipped = 0;
        Map<String, Integer> reasons = new TreeMap<>();
        for (Path report : reports) {
            Element suite = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getDocumentElement();
            tests += suite.getElementsByTagName("testcase").getLength();
            NodeList skips = suite.getElementsByTagName("skipped");
            skipped += skips.getLength();
            for (int i = 0; i < skips.getLength(); i++) {
                for (String reason : reasons((Element) skips.item(i))) {
                    reasons.merge(reason, 1, Integer::sum);
                }
            }
        }
        if (tests == 0) {
            return "";
        }
        StringBuilder text = new StringBuilder("\n" + skipped + " of " + tests + " tests skipped");
        text.append(skipped == 0 ? "\n" : ", missing on this machine:\n");
        reasons.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(entry -> text.append("%6d  %s\n".formatted(entry.getValue(), entry.getKey())));
        return text.append('\n').toString();
    }

    /**
     * Returns the reason. Surefire writes that of a condition as an attribute, and that of an assumption as a stack
     * trace.
     */
    private static String[] reasons(Element skip) {
        String reason = skip.getAttribute("message")
                + skip.getTextContent().lines().findFirst().orElse("");
        int names = reason.indexOf(Tool.MISSING);
        return names < 0
                ? new String[] {reason}
                : reason.substring(names + Tool.MISSING.length()).split(", ");
    }
}
