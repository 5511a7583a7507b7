package dev.lockstep.tftp.client.conform;

import java.util.Locale;

/** The obligation of the clause of a case. */
public enum Severity {
    MUST,
    SHOULD,
    /** No RFC requires it: the project's choice where they leave room. */
    JUDGEMENT;

    /** Returns the severity with the given text. */
    static Severity of(String text) {
        return valueOf(text.strip().toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return this == JUDGEMENT ? "judgement" : name();
    }
}
