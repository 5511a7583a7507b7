package dev.lockstep.tftp.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a page. The comment on the line before it tells how it is tested:
 *
 * <ul>
 *   <li>{@code <!-- run -->}: its commands are run by {@link DocumentedPagesIT}, and print what it shows
 *   <li>{@code <!-- file NAME -->}: the commands of the page find it in a file of this name
 *   <li>{@code <!-- run by TEST -->}: another test runs it or compares its own output with it
 *   <li>{@code <!-- illustration: REASON -->}: it is not run
 * </ul>
 *
 * @param mark the comment, or an empty string
 * @param language the language of the block, or an empty string
 * @param place the page and the number of its line
 */
record Fence(String mark, String language, String text, String place) {
    static final String RUN = "<!-- run -->";
    private static final Pattern FILE = Pattern.compile("<!-- file (\\S+) -->");
    private static final Pattern RUN_BY = Pattern.compile("<!-- run by (\\w+) -->");
    private static final Pattern ILLUSTRATION = Pattern.compile("<!-- illustration: .+ -->");

    /** Returns the blocks of a page. */
    static List<Fence> of(Path page) throws IOException {
        List<Fence> fences = new ArrayList<>();
        List<String> lines = Files.readAllLines(page);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                int begin = i;
                do {
                    i++;
                } while (!lines.get(i).equals("```"));
                String before = begin == 0 ? "" : lines.get(begin - 1);
                fences.add(new Fence(
                        before.startsWith("<!--") ? before : "",
                        lines.get(begin).substring(3),
                        String.join("\n", lines.subList(begin + 1, i)) + "\n",
                        page.getFileName() + ":" + (begin + 1)));
            }
        }
        return fences;
    }

    boolean isRun() {
        return mark.equals(RUN);
    }

    boolean isIllustration() {
        return ILLUSTRATION.matcher(mark).matches();
    }

    /** Returns the name of the test that runs it, or null if the mark names none. */
    String runBy() {
        Matcher matcher = RUN_BY.matcher(mark);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /** Returns the name of the file that has this text, or null if it is none. */
    String file() {
        Matcher matcher = FILE.matcher(mark);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /** A command and the lines that it prints. */
    record Step(String command, List<String> output) {}

    /** Returns the commands, which begin with a prompt. Lines before the first one have the command "". */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        boolean continued = false;
        for (String line : text.lines().toList()) {
            Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
            if (continued) {
                steps.set(steps.size() - 1, new Step(last.command + "\n" + line, last.output));
            } else if (line.startsWith("$ ") || line.startsWith("# ")) {
                steps.add(new Step(line.substring(2), new ArrayList<>()));
            } else {
                if (last == null) {
                    steps.add(new Step("", new ArrayList<>()));
                }
                steps.get(steps.size() - 1).output.add(line);
            }
            continued = (continued || line.startsWith("$ ") || line.startsWith("# ")) && line.endsWith("\\");
        }
        return steps;
    }
}
