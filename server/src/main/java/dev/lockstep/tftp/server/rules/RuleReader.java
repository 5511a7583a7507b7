package dev.lockstep.tftp.server.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.lockstep.tftp.negotiation.Quirks;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.rules.FilenameRewrites.Letters;
import dev.lockstep.tftp.server.rules.FilenameRewrites.Renaming;
import dev.lockstep.tftp.server.storage.OriginSettings;
import dev.lockstep.tftp.server.storage.OriginSettings.Addressing;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Creates a rule from its table. All keys of rules are read here. */
final class RuleReader {
    /**
     * Smallest number of windows per second at a rate limit. If a window took longer than a quarter of a second, a
     * client could take the silence for a loss.
     */
    private static final int WINDOWS_A_SECOND = 4;

    private final ConfigTable section;
    private final CommonSettings common;
    private final String name;
    private final String label;

    RuleReader(ConfigTable section, CommonSettings common, ConfigErrors problems, int number) {
        this.section = section;
        this.common = common;
        String numbered = "rule " + number;
        Optional<String> given = section.text(RuleKey.NAME.key(), text -> text);
        this.name = given.orElse(numbered);
        this.label =
                numbered + given.map(text -> " \"" + text + "\"").orElse("") + ", " + problems.place(section.line());
    }

    /** Returns the rule for requests that no other rule matches. */
    static Rule otherwise(CommonSettings common) {
        RequestSettings requestSettings = common.requestSettings();
        RuledStorage files = new RuledStorage("no rule matches", common.roots().storage(FilenameRewrites.NONE));
        return new Rule(
                RequestPolicy.NO_RULE,
                "no rule",
                0,
                new RuleCondition(List.of(), List.of(), Optional.empty()),
                false,
                requestSettings.withStorage(files),
                common.roots().describe(FilenameRewrites.NONE),
                common.ports(),
                List.of(),
                Rule.Rates.UNLIMITED);
    }

    /**
     * Reads all keys. Errors are collected.
     *
     * @param flags names of the daemon's flags, for error messages
     */
    Rule read(Set<String> flags) {
        Letters letters = choice(RuleKey.CASE, Letters.KEEP, Map.of("lower", Letters.LOWER, "upper", Letters.UPPER));
        boolean denies = choice(RuleKey.ACTION, false, Map.of("allow", false, "deny", true));
        // a denied file must not be reachable in another case, which a later rule may convert
        RuleCondition condition = condition(denies || letters != Letters.KEEP);
        FilenameRewrites changes = new FilenameRewrites(letters, renamings());
        List<QuirkProfile> quirks = quirks();
        Rule.Rates rates = new Rule.Rates(
                section.size(RuleKey.RATE_PER_TRANSFER.key()).orElse(0),
                section.size(RuleKey.RATE_PER_CLIENT.key()).orElse(0));
        Roots roots = roots();
        RequestSettings requestSettings = requestSettings(roots.storage(changes), quirks, rates);
        PortMode ports = section.text(RuleKey.PORTS.key(), RuleReader::portMode).orElse(null);
        if (ports != null && !(condition.files().isEmpty() && condition.write().isEmpty())) {
            section.problem(
                    RuleKey.PORTS.key(),
                    "(expected: in a rule without files and operation: the port is chosen by client)");
        }
        section.finish(flags, "settings of the daemon come before the first [[rule]]");
        return new Rule(
                name,
                label,
                section.line(),
                condition,
                denies,
                requestSettings,
                roots.describe(changes),
                ports,
                quirks,
                rates);
    }

    private RuleCondition condition(boolean anyCase) {
        boolean both = !section.has(RuleKey.OPERATION.key());
        boolean write = choice(RuleKey.OPERATION, false, Map.of("read", false, "write", true));
        return new RuleCondition(
                section.texts(RuleKey.CLIENTS.key(), IpNetwork::parse),
                section.texts(RuleKey.FILES.key(), text -> Glob.parse(text, anyCase)),
                both ? Optional.empty() : Optional.of(write));
    }

    private List<Renaming> renamings() {
        List<Renaming> all = new ArrayList<>();
        for (ConfigTable renaming : section.sections(RuleKey.RENAME.key())) {
            Optional<Pattern> from = renaming.text("from", RuleReader::regex);
            Optional<String> to = renaming.text("to", text -> text);
            renaming.finish(Set.of(), "");
            if (from.isPresent() && to.isPresent()) {
                try {
                    all.add(new Renaming(from.get(), to.get()));
                } catch (IllegalArgumentException e) {
                    renaming.problem("to", e.getMessage());
                }
            } else if (!renaming.has("from") || !renaming.has("to")) {
                section.problem(RuleKey.RENAME.key(), "(expected: from and to)");
            }
        }
        return all;
    }

    private static Pattern regex(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(text + " (expected: a regular expression; " + e.getDescription() + ")");
        }
    }

    private List<QuirkProfile> quirks() {
        Map<String, QuirkProfile> byKey = new TreeMap<>();
        for (QuirkProfile profile : QuirkProfile.values()) {
            byKey.put(profile.key(), profile);
        }
        return section.texts(RuleKey.QUIRKS.key(), text -> chosen(text, byKey));
    }

    private RequestSettings requestSettings(Storage files, List<QuirkProfile> profiles, Rule.Rates rates) {
        RequestSettings usual = common.requestSettings();
        Quirks quirks = Quirks.NONE;
        for (QuirkProfile profile : profiles) {
            quirks = quirks.and(profile.quirks());
        }
        TransferLimits limits = limits(usual.limits(), rates);
        RuledStorage storage = new RuledStorage(label, files);
        return new RequestSettings(storage, limits, quirks, mtu(usual.mtu()), usual.rateLimiter());
    }

    private TransferLimits limits(TransferLimits usual, Rule.Rates rates) {
        long bytes = section.size(RuleKey.WINDOW_BYTES_LIMIT.key()).orElse(usual.windowBytes());
        for (long rate : new long[] {rates.perTransfer(), rates.perClient()}) {
            bytes = rate > 0 ? Math.min(bytes, Math.max(1, rate / WINDOWS_A_SECOND)) : bytes;
        }
        int blksize = (int)
                section.number(RuleKey.BLKSIZE_LIMIT.key(), TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE)
                        .orElse(usual.blksize());
        int windowsize = (int) section.number(RuleKey.WINDOWSIZE_LIMIT.key(), 1, TransferSettings.MAX_WINDOWSIZE)
                .orElse(usual.windowsize());
        return usual.withBlksize(blksize)
                .withWindow(windowsize, (int) Math.min(bytes, Integer.MAX_VALUE))
                .withTimes(
                        seconds(RuleKey.TIMEOUT).orElse(usual.timeout()),
                        seconds(RuleKey.GIVE_UP).orElse(usual.idleTimeout()),
                        usual.dally());
    }

    private Optional<Duration> seconds(RuleKey key) {
        return section.seconds(key.key()).map(number -> Duration.ofNanos((long) (number * 1e9)));
    }

    private int mtu(int usual) {
        OptionalLong number = section.number(RuleKey.MTU.key(), 68, RequestSettings.ANY_MTU);
        return (int) number.orElse(usual);
    }

    private Roots roots() {
        WriteRules usual = common.files().uploads();
        WriteRules writes = new WriteRules(
                section.flag(RuleKey.WRITABLE.key()).orElse(usual.allowed()),
                section.flag(RuleKey.OVERWRITE.key()).orElse(usual.overwrite()),
                section.size(RuleKey.MAX_SIZE.key()).orElse(usual.maxSize()));
        if (section.flag(RuleKey.OVERWRITE.key()).orElse(false) && !writes.allowed()) {
            section.warn(RuleKey.OVERWRITE.key(), "has no effect (expected: writable = true as well)");
        }
        List<String> given = section.texts(RuleKey.ROOT.key(), text -> text);
        Roots.Locations usualRoots = common.roots().locations();
        Roots.Locations locations = new Roots.Locations(
                given.isEmpty() ? usualRoots.uris() : given,
                choice(
                        RuleKey.ON_ERROR,
                        usualRoots.onError(),
                        Map.of(OnError.STOP.toString(), OnError.STOP, OnError.NEXT.toString(), OnError.NEXT)));
        if (section.has(RuleKey.ON_ERROR.key()) && locations.uris().size() == 1) {
            section.warn(RuleKey.ON_ERROR.key(), "has no effect (expected: several roots)");
        }
        boolean servePrivate =
                section.flag(RuleKey.SERVE_PRIVATE.key()).orElse(common.files().servePrivate());
        StorageSettings settings =
                new StorageSettings(writes, servePrivate, origin(common.files().origin()));
        if (!locations.equals(usualRoots) || !settings.equals(common.files())) {
            try {
                return Roots.open(locations, settings, common.storages(), common.neighbours());
            } catch (IOException | IllegalArgumentException e) {
                section.problem(RuleKey.ROOT.key(), e.getMessage());
            }
        }
        return common.roots();
    }

    private OriginSettings origin(OriginSettings usual) {
        OriginSettings.Tls tls = new OriginSettings.Tls(
                path(RuleKey.ORIGIN_CA).orElse(usual.tls().ca()),
                path(RuleKey.ORIGIN_CERT).orElse(usual.tls().certificate()),
                path(RuleKey.ORIGIN_KEY)
                        .orElse(
                                section.has(RuleKey.ORIGIN_CERT.key())
                                        ? null
                                        : usual.tls().key()));
        OriginSettings.S3 s3 = new OriginSettings.S3(
                section.text(RuleKey.S3_ENDPOINT.key(), OriginSettings.S3::endpointOf)
                        .orElse(usual.s3().endpoint()),
                section.text(RuleKey.S3_REGION.key(), text -> text)
                        .orElse(usual.s3().region()),
                choice(
                        RuleKey.S3_ADDRESSING,
                        usual.s3().addressing(),
                        Map.of("path", Addressing.PATH, "virtual", Addressing.VIRTUAL)));
        return new OriginSettings(
                seconds(RuleKey.TTL).orElse(usual.ttl()),
                seconds(RuleKey.STALE_IF_ERROR).orElse(usual.staleIfError()),
                tls,
                usual.proxy(),
                s3);
    }

    private Optional<Path> path(RuleKey key) {
        return section.text(key.key(), Path::of);
    }

    private static PortMode portMode(String text) {
        return switch (text) {
            case "fresh" -> PortMode.EPHEMERAL;
            case "single" -> PortMode.SINGLE;
            default -> {
                try {
                    yield PortMode.range(text);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            text + " (expected: fresh, single or FIRST-LAST, 1 to 65535)", e);
                }
            }
        };
    }

    private <T> T choice(RuleKey key, T usual, Map<String, T> values) {
        return section.text(key.key(), text -> chosen(text, values)).orElse(usual);
    }

    private static <T> T chosen(String text, Map<String, T> values) {
        T value = values.get(text.toLowerCase(Locale.ROOT));
        if (value == null) {
            throw new IllegalArgumentException(text + " (expected: "
                    + String.join(", ", values.keySet().stream().sorted().toList()) + ")");
        }
        return value;
    }
}
