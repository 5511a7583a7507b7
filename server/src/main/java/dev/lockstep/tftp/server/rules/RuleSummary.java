package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.transfer.Limits;
import java.util.ArrayList;
import java.util.List;

/** What holds, in words. */
public final class RuleSummary {
    private RuleSummary() {}

    /** One line a rule, in their order, and one for what no rule matches. */
    public static List<String> of(RulePolicy policy) {
        List<String> lines = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            lines.add(rule.label() + ": " + rule.condition() + ": " + effect(rule, policy.otherwise()));
        }
        lines.add((lines.isEmpty() ? "all: " : "all else: ") + effect(policy.otherwise(), null));
        return lines;
    }

    private static String effect(Rule rule, Rule usual) {
        if (rule.denies()) {
            return "denied";
        }
        List<String> parts = new ArrayList<>();
        parts.add(rule.requestSettings().storage().toString());
        Limits limits = rule.requestSettings().limits();
        if (usual == null || !limits.equals(usual.requestSettings().limits())) {
            parts.add("blksize up to " + limits.blksize() + ", windows up to " + limits.windowsize() + " blocks or "
                    + limits.windowBytes() + " octets");
        }
        if (usual == null
                || rule.requestSettings().mtu() != usual.requestSettings().mtu()) {
            parts.add(mtu(rule.requestSettings().mtu()));
        }
        if (rule.ports() != null) {
            parts.add(ports(rule.ports()));
        }
        rule.quirks().forEach(quirk -> parts.add("quirk " + quirk.key() + " (" + quirk.meaning() + ")"));
        if (rule.rates().perTransfer() > 0) {
            parts.add(rule.rates().perTransfer() + " octets/s each transfer");
        }
        if (rule.rates().perClient() > 0) {
            parts.add(rule.rates().perClient() + " octets/s each client");
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
