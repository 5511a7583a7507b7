package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A case of the protocol.
 *
 * @param id the number, such as 11, F3 or P2
 * @param severity how binding it is for a server
 * @param clientSeverity how binding it is for a client
 * @param clause the section of an RFC that it follows from
 * @param text the required behaviour
 * @param noServerCheck the reason why no check of a server can see it; empty if there is a check
 * @param noClientCheck the reason why no check of a client can see it; empty if there is a check
 */
public record ProtocolCase(
        String id,
        Severity severity,
        Severity clientSeverity,
        String clause,
        String text,
        String noServerCheck,
        String noClientCheck) {
    private static final String TABLE = "cases.txt";
    private static final int COLUMNS = 6;
    private static final Map<String, ProtocolCase> ALL = read();

    /** {@return all cases by their numbers, in the order of the table} */
    public static Map<String, ProtocolCase> all() {
        return ALL;
    }

    private static Map<String, ProtocolCase> read() {
        Map<String, ProtocolCase> all = new LinkedHashMap<>();
        try (InputStream in = ProtocolCase.class.getResourceAsStream(TABLE)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (!line.startsWith("#")) {
                    String[] cells = (line + " ").split("\\|", COLUMNS);
                    ProtocolCase found = new ProtocolCase(
                            cells[0].strip(),
                            Severity.of(cells[1].split("/")[0]),
                            Severity.of(cells[1].replaceFirst(".*/", "")),
                            cells[2].strip(),
                            cells[3].strip(),
                            cells[4].strip(),
                            cells[5].strip());
                    all.put(found.id, found);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }
}
