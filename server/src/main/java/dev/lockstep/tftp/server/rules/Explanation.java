package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.Options.Option;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.Negotiation.Grant;
import dev.lockstep.tftp.negotiation.Negotiation.Terms;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Explains how a request would be answered, with the same rules, files and negotiation as the daemon. An upload is
 * started and discarded.
 */
@Blocking
public final class Explanation {
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
        return IpNetwork.literal(text);
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
        TransferLimits limits = requestSettings.limitsFor(pathMtu, client instanceof Inet6Address);
        Terms terms;
        try (Source source = open(requestSettings.storage())) {
            terms = Terms.of(request, limits, requestSettings.quirks(), source);
        }
        if (terms.size() != Source.UNKNOWN_SIZE) {
            lines.add("size: " + terms.size() + " bytes");
        }
        for (QuirkProfile quirk : rule.quirks()) {
            lines.add("quirk " + quirk.key() + ": " + quirk.quirks().describe());
        }
        if (rule.rates().perTransfer() > 0 || rule.rates().perClient() > 0) {
            lines.add("rate: " + rate(rule.rates()));
        }
        explainOptions(requestSettings, limits, terms);
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

    /** Returns the file to be read; null for an upload, which is discarded. */
    private Source open(Storage files) throws IOException {
        InetSocketAddress peer = new InetSocketAddress(client, 0);
        if (request instanceof WriteRequest write) {
            files.explain(write, peer, lines::add);
            return null;
        }
        return files.explain((ReadRequest) request, peer, lines::add);
    }

    private void explainOptions(RequestSettings requestSettings, TransferLimits limits, Terms terms) {
        Grant grant = Negotiation.answer(terms);
        for (Option asked : request.options()) {
            Optional<String> given = grant.oack().value(asked.name());
            String answer = given.map(value -> value + ", " + reasonFor(asked, value, terms, limits, requestSettings))
                    .orElseGet(() -> "left out, " + reasonAgainst(asked, terms));
            lines.add("option " + asked.name() + "=" + asked.value() + ": " + answer);
        }
        if (grant.settings().blksize() > PmtuBlackHole.SAFE_BLKSIZE) {
            lines.add("PMTU black hole: blksize " + PmtuBlackHole.SAFE_BLKSIZE
                    + " instead, while the running daemon has logged one for this client within 10 min");
        }
    }

    private String reasonFor(
            Option asked, String given, Terms terms, TransferLimits limits, RequestSettings requestSettings) {
        KnownOption option = KnownOption.named(asked).orElseThrow();
        if (option.isBlockSize() && !given.equals(asked.value())) {
            if (terms.limits().blksize() < limits.blksize()) {
                return "the most by quirk";
            }
            if (limits.blksize() < requestSettings.limits().blksize()) {
                return "the most that an MTU of " + mtuOf(requestSettings) + " carries";
            }
        }
        return option.describe(asked.value(), given, terms);
    }

    private int mtuOf(RequestSettings requestSettings) {
        return requestSettings.mtu() == RequestSettings.PATH_MTU ? pathMtu : requestSettings.mtu();
    }

    private static String reasonAgainst(Option asked, Terms terms) {
        if (!terms.options().has(asked.name())) {
            return "by quirk";
        }
        return KnownOption.named(asked)
                .map(option -> option.describeOmission(terms))
                .orElse("unknown option");
    }
}
