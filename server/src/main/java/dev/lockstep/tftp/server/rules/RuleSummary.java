package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import java.util.ArrayList;
import java.util.List;

/** Describes a policy as text. */
public final class RuleSummary {
    private RuleSummary() {}

    /**
     * A rule as text.
     *
     * @param label the number, name and place of the rule
     * @param condition the requests that it matches, or an empty text for the requests that no rule matches
     * @param effect what applies to them
     * @param denies true if it refuses them
     */
    public record Row(String label, String condition, String effect, boolean denies) {}

    /** Returns one line for each rule, in order, and one for requests that no rule matches. */
    public static List<String> of(RulePolicy policy) {
        return rows(policy).stream()
                .map(row -> row.label + ": " + (row.condition.isEmpty() ? "" : row.condition + ": ") + row.effect)
                .toList();
    }

    /** Returns each rule, in order, and one row for requests that no rule matches. */
    public static List<Row> rows(RulePolicy policy) {
        List<Row> rows = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            String effect = effect(rule, policy.otherwise());
            rows.add(new Row(rule.label(), rule.condition().toString(), effect, rule.denies()));
        }
        rows.add(new Row(rows.isEmpty() ? "all" : "all else", "", effect(policy.otherwise(), null), false));
        return rows;
    }

    private static String effect(Rule rule, Rule usual) {
        if (rule.denies()) {
            return "denied";
        }
        List<String> parts = new ArrayList<>();
        parts.add(rule.files());
        TransferLimits limits = rule.requestSettings().limits();
        if (usual == null || !limits.equals(usual.requestSettings().limits())) {
            parts.add("blksize up to " + limits.blksize() + ", windows up to " + limits.windowsize() + " blocks or "
                    + limits.windowBytes() + " bytes");
        }
        if (usual == null
                || rule.requestSettings().mtu() != usual.requestSettings().mtu()) {
            parts.add(mtu(rule.requestSettings().mtu()));
        }
        if (rule.ports() != null) {
            parts.add(ports(rule.ports()));
        }
        rule.quirks()
                .forEach(quirk ->
                        parts.add("quirk " + quirk.key() + " (" + quirk.quirks().describe() + ")"));
        if (rule.rates().perTransfer() > 0) {
            parts.add(rule.rates().perTransfer() + " bytes/s each transfer");
        }
        if (rule.rates().perClient() > 0) {
            parts.add(rule.rates().perClient() + " bytes/s each client");
        }
        return String.join("; ", parts);
    }

    private static String mtu(int mtu) {
        return switch (mtu) {
            case RequestSettings.PATH_MTU -> "MTU of the path";
            case RequestSettings.ANY_MTU -> "any MTU";
            default -> "MTU " + mtu;
        };
    }

    static String ports(PortMode mode) {
        if (mode instanceof PortMode.Single) {
            return "the listening port for all transfers";
        }
        return mode instanceof PortMode.Range range ? "a port of " + range + " a transfer" : "a fresh port a transfer";
    }
}
