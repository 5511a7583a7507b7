package dev.lockstep.tftp.server.rules;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The keys of a {@code [[rule]]}, with their descriptions for the manual. */
enum RuleKey {
    NAME("\"TEXT\"", "Name of the rule in the log and in the output of tftpd explain."),
    CLIENTS("[\"NETWORK\", ...]", "Networks of the clients, such as 10.1.0.0/16 (default: all clients)."),
    FILES(
            "[\"PATTERN\", ...]",
            "Patterns of the file names (default: all files). * and ? match within a directory, ** across directories;"
                    + " [a-z] and {a,b} are supported. A pattern without a slash is compared with the last part of the"
                    + " name, one with a slash with all of it."),
    OPERATION("\"read|write\"", "Operation (default: both)."),
    ACTION("\"allow|deny\"", "Whether the request is served (default allow). With deny, case is ignored in files."),
    ROOT(
            "\"DIR|URI\"|[\"DIR|URI\", ...]",
            "Files to serve instead of those of the daemon; the first of several that has the file serves it. {ip}, {mac}"
                    + " and {filename:N}, the Nth part of the requested name (-1: the last one), are replaced."),
    ON_ERROR(
            "\"stop|next\"",
            "Whether the next root is asked after an error of one (default: the setting of the daemon)."),
    CASE("\"lower|upper\"", "Case to which the name is converted before the file is opened."),
    RENAME(
            "[{ from = 'REGEX', to = \"TEXT\" }, ...]",
            "Replaces each match of a regular expression (RE2) in the name; $1 is a group."),
    WRITABLE("true|false", "Whether uploads are accepted (default: the setting of the daemon)."),
    OVERWRITE("true|false", "Whether uploads may replace a file (default: the setting of the daemon)."),
    MAX_SIZE("SIZE", "Largest upload accepted (default: the setting of the daemon)."),
    SERVE_PRIVATE("true|false", "Whether files without read permission for others are served."),
    BLKSIZE_LIMIT("N", "Largest blksize granted, 8 to 65464."),
    WINDOWSIZE_LIMIT("N", "Largest windowsize granted, 1 to 32767."),
    WINDOW_BYTES_LIMIT("SIZE", "Limit of a window in bytes."),
    TIMEOUT("SECONDS", "Fixed retransmission timeout; 0: adapted to the round-trip time."),
    GIVE_UP("SECONDS", "Idle timeout of a transfer."),
    MTU("N", "MTU of the network, instead of that of the path; 65535: any."),
    PORTS(
            "\"fresh|single|FIRST-LAST\"",
            "Port of the transfer: a fresh one, the listening port, or one of a range. Only in a rule without files and"
                    + " operation."),
    RATE_PER_TRANSFER("SIZE", "Bytes of file data per second for one transfer."),
    RATE_PER_CLIENT("SIZE", "Bytes of file data per second for all transfers of one client."),
    TTL("SECONDS", "Time for which a file of an origin without Cache-Control and Expires is fresh."),
    STALE_IF_ERROR("SECONDS", "Time for which a stale file is served if its origin is unavailable."),
    ORIGIN_CA("\"FILE\"", "Authorities of the origin's certificate, in a PEM file, instead of those of the system."),
    ORIGIN_CERT("\"FILE\"", "Certificate of this client for the origin, in a PEM file."),
    ORIGIN_KEY("\"FILE\"", "Private key of that certificate, if it is in another file."),
    S3_ENDPOINT("\"URL\"", "URL of the object store."),
    S3_REGION("\"NAME\"", "Region of the object store."),
    S3_ADDRESSING("\"path|virtual\"", "Place of the bucket's name in URLs: in the path, or in the name of the host."),
    QUIRKS("[\"NAME\", ...]", "Deviations for certain firmware: " + QuirkProfile.keys() + ".");

    private final String value;
    private final String description;

    RuleKey(String value, String description) {
        this.value = value;
        this.description = description;
    }

    /** Returns the key as in a configuration file, such as {@code max-size}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Describes the keys for the manual. */
    static final class Reference implements Supplier<Map<String, String>> {
        @Override
        public Map<String, String> get() {
            Map<String, String> terms = new TreeMap<>();
            for (RuleKey key : values()) {
                terms.put(key.key() + " = " + key.value, key.description);
            }
            return terms;
        }
    }
}
