package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.Options.Option;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.Quirks;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Explains how a request would be answered, with the same rules, files and negotiation as the daemon. An upload is
 * started and discarded. Blocks.
 */
public final class Explanation {
    private static final Set<String> KNOWN = Set.of(
            Options.BLKSIZE,
            Options.BLKSIZE2,
            Options.TIMEOUT,
            Options.UTIMEOUT,
            Options.TSIZE,
            Options.WINDOWSIZE,
            Options.ROLLOVER);

    private final RulePolicy policy;
    private final Request request;
    private final InetAddress client;
    private final int pathMtu;
    private final List<String> lines = new ArrayList<>();
    private boolean granted;

    /**
     * Evaluates a request.
     *
     * @param client the client's address
     * @param pathMtu the path MTU to the client in bytes
     */
    public Explanation(RulePolicy policy, Request request, InetAddress client, int pathMtu) {
        this.policy = policy;
        this.request = request;
        this.client = client;
        this.pathMtu = pathMtu;
        try {
            explain();
            granted = true;
            lines.add("granted");
        } catch (TftpException refusal) {
            lines.add("refused: " + refusal.explained());
        } catch (IOException e) {
            lines.add("refused: " + TftpException.of(e).explained());
        }
    }

    /**
     * Parses a numeric address. Looks no name up.
     *
     * @throws IllegalArgumentException if the text is no address
     */
    public static InetAddress client(String text) {
        return Network.literal(text);
    }

    /** Returns the explanation, line by line. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Returns true if the request would be granted. */
    public boolean isGranted() {
        return granted;
    }

    private void explain() throws IOException {
        Rule rule = policy.ruleFor(request, client);
        lines.add(rule == policy.otherwise() ? "no rule matches" : rule.label() + ": " + rule.condition());
        RequestSettings requestSettings = rule.resolve(client);
        Rule ports = policy.portRule(client);
        lines.add("port: " + RuleSummary.ports(ports.ports()) + " (" + ports.label() + ")");
        RuledStorage files = rule.files();
        long size = open(files);
        lines.add("file: " + files.find(request.filename(), client).file());
        if (size != Source.UNKNOWN_SIZE) {
            lines.add("size: " + size + " bytes");
        }
        for (QuirkProfile quirk : rule.quirks()) {
            lines.add("quirk " + quirk.key() + ": " + quirk.meaning());
        }
        if (rule.rates().perTransfer() > 0 || rule.rates().perClient() > 0) {
            lines.add("rate: " + rate(rule.rates()));
        }
        explainOptions(requestSettings, size);
    }

    private static String rate(Rule.Rates rates) {
        List<String> parts = new ArrayList<>();
        if (rates.perTransfer() > 0) {
            parts.add(rates.perTransfer() + " bytes/s");
        }
        if (rates.perClient() > 0) {
            parts.add(rates.perClient() + " bytes/s with the client's other transfers");
        }
        return String.join(", ", parts);
    }

    private long open(RuledStorage files) throws IOException {
        InetSocketAddress peer = new InetSocketAddress(client, 0);
        if (request instanceof WriteRequest write) {
            files.write(write, peer).close();
            return Source.UNKNOWN_SIZE;
        }
        try (Source source = files.read((ReadRequest) request, peer)) {
            return request.mode() == TransferMode.NETASCII ? Source.UNKNOWN_SIZE : source.size();
        }
    }

    private void explainOptions(RequestSettings requestSettings, long size) {
        TransferLimits limits = requestSettings.limitsFor(pathMtu, client instanceof Inet6Address);
        Options oack = Negotiation.answer(request, limits, requestSettings.quirks(), size)
                .oack();
        for (Option asked : request.options()) {
            Optional<String> given = oack.value(asked.name());
            String answer = given.map(value -> value + reasonFor(asked, value, requestSettings, limits))
                    .orElseGet(() -> "left out, " + reasonAgainst(asked, requestSettings.quirks()));
            lines.add("option " + asked.name() + "=" + asked.value() + ": " + answer);
        }
        if (oack.number(Options.BLKSIZE, PmtuBlackHole.SAFE_BLKSIZE + 1, Long.MAX_VALUE)
                        .isPresent()
                || oack.number(Options.BLKSIZE2, PmtuBlackHole.SAFE_BLKSIZE + 1, Long.MAX_VALUE)
                        .isPresent()) {
            lines.add("PMTU black hole: blksize " + PmtuBlackHole.SAFE_BLKSIZE
                    + " instead, while the running daemon has logged one for this client within 10 min");
        }
    }

    private String reasonFor(Option asked, String given, RequestSettings requestSettings, TransferLimits limits) {
        if (asked.key().equals(Options.TSIZE)) {
            return request instanceof WriteRequest ? ", as announced" : ", the size of the file";
        }
        if (given.equals(asked.value())) {
            return ", as asked";
        }
        if (asked.key().equals(Options.WINDOWSIZE)) {
            return ", the most that " + limits.windowsize() + " blocks and " + limits.windowBytes() + " bytes allow";
        }
        if (requestSettings.quirks().blksize() < limits.blksize()) {
            return ", the most by quirk";
        }
        return limits.blksize() < requestSettings.limits().blksize()
                ? ", the most that an MTU of " + mtuOf(requestSettings) + " carries"
                : ", the most by limit";
    }

    private int mtuOf(RequestSettings requestSettings) {
        return requestSettings.mtu() == RequestSettings.PATH_MTU ? pathMtu : requestSettings.mtu();
    }

    private String reasonAgainst(Option asked, Quirks quirks) {
        if (quirks.ignoresAllOptions() || quirks.ignoredOptions().contains(asked.key())) {
            return "by quirk";
        }
        if (!KNOWN.contains(asked.key())) {
            return "unknown option";
        }
        boolean sizeUnknown = asked.key().equals(Options.TSIZE) && request.mode() == TransferMode.NETASCII;
        return sizeUnknown ? "size not known in advance" : "invalid value, or overridden by another option";
    }
}
