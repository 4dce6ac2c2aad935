//! What libFuzzer tells is understood.

use super::executions;

#[test]
fn executions_are_counted() {
    let whole = "#2\tINITED cov: 5\n#9\tDONE\nstat::number_of_executed_units: 123456\nstat::average: 1\n";
    assert_eq!(executions(whole), Some(123_456));
    assert_eq!(executions("#2\tINITED cov: 5\n#77\tNEW cov: 6\npanicked"), Some(77));
    assert_eq!(executions("panicked"), Some(0));
    assert_eq!(executions("stat::number_of_executed_units: many\n"), None);
}
