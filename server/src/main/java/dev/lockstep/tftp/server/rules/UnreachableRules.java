package dev.lockstep.tftp.server.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds rules that never match: no name matches their patterns, or earlier rules match all of their requests. */
final class UnreachableRules {
    private UnreachableRules() {}

    /** Adds a warning for each of them. Does not find all of them, but each that is found never matches. */
    static void warn(List<Rule> rules, ConfigErrors problems) {
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            List<Glob> files = rule.condition().files();
            if (!files.isEmpty() && files.stream().allMatch(Glob::isImpossible)) {
                problems.warn(rule.line(), "rule never matches: no name is like " + files.get(0));
            }
            String earlier = String.join("; ", coveringAll(rule.condition(), rules.subList(0, i)));
            if (rule.ports() == null && !earlier.isEmpty()) { // ports are chosen by client, whichever rule matches
                problems.warn(rule.line(), "rule never matches: its requests match " + earlier);
            }
        }
    }

    /** Returns the labels of rules that together match all requests of a condition, or an empty list. */
    private static List<String> coveringAll(RuleCondition condition, List<Rule> earlier) {
        List<String> labels = new ArrayList<>();
        for (RuleCondition part : partsOf(condition)) {
            Optional<Rule> covering = earlier.stream()
                    .filter(rule -> covers(rule.condition(), part))
                    .findFirst();
            if (covering.isEmpty()) {
                return List.of();
            }
            if (!labels.contains(covering.get().label())) {
                labels.add(covering.get().label());
            }
        }
        return labels;
    }

    /** Splits a condition into conditions with one operation, one network or none, and one pattern or none. */
    private static List<RuleCondition> partsOf(RuleCondition condition) {
        List<RuleCondition> parts = new ArrayList<>();
        for (boolean write : new boolean[] {false, true}) {
            if (condition.write().orElse(write) == write) {
                for (List<IpNetwork> clients : eachOrNone(condition.clients())) {
                    for (List<Glob> files : eachOrNone(condition.files())) {
                        parts.add(new RuleCondition(clients, files, Optional.of(write)));
                    }
                }
            }
        }
        return parts;
    }

    private static <T> List<List<T>> eachOrNone(List<T> all) {
        return all.isEmpty() ? List.of(List.of()) : all.stream().map(List::of).toList();
    }

    private static boolean covers(RuleCondition earlier, RuleCondition part) {
        return earlier.write().map(part.write().get()::equals).orElse(true)
                && (earlier.clients().isEmpty()
                        || !part.clients().isEmpty()
                                && earlier.clients().stream()
                                        .anyMatch(network ->
                                                network.contains(part.clients().get(0))))
                && (earlier.files().isEmpty()
                        || earlier.files().stream()
                                .anyMatch(file -> part.files().isEmpty()
                                        ? file.coversAll()
                                        : file.covers(part.files().get(0))));
    }
}
