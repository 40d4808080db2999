//! What the optimiser's trust region method leaves open: the step within the region, and when to end.

use argmin::core::{Error, IterState, KV, Problem, Solver, State, TerminationReason, TerminationStatus};
use argmin::solver::trustregion::TrustRegionRadius;

use super::fitting::{dot, inverse};

/// The slope per buyer, by the log of a parameter, at which climbing ends: from there on values differ by less than their rounding, and a
/// climb that compares values would stand still.
const NEARLY_FLAT: f64 = 1e-7;

/// Halvings of the range of the damping, which leave no digit of it open.
const HALVINGS: usize = 100;

/// What the optimiser knows while it goes.
pub(super) type Climb = IterState<Vec<f64>, Vec<f64>, (), Vec<Vec<f64>>, (), f64>;

/// The best step within a region, exactly: Newton's where that is short enough and goes down, else (H + λ)⁻¹ g with the λ that makes it as
/// long as the region's radius (Moré & Sorensen 1983). With a handful of parameters it takes no time; the crate's own solvers of this
/// problem are made for many, and panic where rounding leaves them without a step.
#[derive(Debug, Clone, Default)]
pub(super) struct Damped<const N: usize> {
    radius: f64,
}

impl<const N: usize> Damped<N> {
    fn step(&self, slopes: &[f64; N], curvature: &[[f64; N]; N]) -> Option<[f64; N]> {
        let damped = |damping: f64| {
            let mut matrix = *curvature;
            for (at, row) in matrix.iter_mut().enumerate() {
                row[at] += damping;
            }
            Some(inverse(&matrix)?.map(|row| -dot(&row, slopes)))
        };
        let length = |step: &[f64; N]| dot(step, step).sqrt();
        let short = |damping: f64| damped(damping).filter(|step| length(step) <= self.radius);
        if let Some(newton) = short(0.0) {
            return Some(newton);
        }
        let largest =
            curvature.as_flattened().iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
        // With this damping the matrix is positive definite by its diagonal, and the step too short.
        let (mut low, mut high) = (0.0, 2.0 * N as f64 * largest + 2.0 * length(slopes) / self.radius);
        short(high)?;
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            *(if short(middle).is_some() { &mut high } else { &mut low }) = middle;
        }
        // The optimiser widens the region only where a step reaches its edge.
        let step = short(high)?;
        let stretch = self.radius / length(&step);
        Some(step.map(|part| part * stretch))
    }
}

impl<const N: usize> TrustRegionRadius<f64> for Damped<N> {
    fn set_radius(&mut self, radius: f64) {
        self.radius = radius;
    }
}

impl<O, const N: usize> Solver<O, Climb> for Damped<N> {
    fn name(&self) -> &'static str {
        "damped Newton step"
    }

    fn next_iter(&mut self, _: &mut Problem<O>, mut state: Climb) -> Result<(Climb, Option<KV>), Error> {
        let missing = || Error::msg("there is no step within the region");
        let slopes = state.take_gradient().ok_or_else(missing)?;
        let curvature = state.take_hessian().ok_or_else(missing)?;
        let slopes: [f64; N] = slopes.as_slice().try_into()?;
        let mut square = [[0.0; N]; N];
        for (row, found) in square.iter_mut().zip(&curvature) {
            *row = found.as_slice().try_into()?;
        }
        let step = self.step(&slopes, &square).ok_or_else(missing)?;
        Ok((state.param(step.to_vec()).terminate_with(TerminationReason::SolverConverged), None))
    }
}

/// A method, which by itself never ends, until the slopes are nearly flat or a parameter leaves its bounds.
pub(super) struct Until<S, const N: usize> {
    /// The least and largest log of each parameter.
    pub(super) bounds: [(f64, f64); N],
    pub(super) method: S,
}

impl<O, S: Solver<O, Climb>, const N: usize> Solver<O, Climb> for Until<S, N> {
    fn name(&self) -> &str {
        self.method.name()
    }

    fn init(&mut self, problem: &mut Problem<O>, state: Climb) -> Result<(Climb, Option<KV>), Error> {
        self.method.init(problem, state)
    }

    fn next_iter(&mut self, problem: &mut Problem<O>, state: Climb) -> Result<(Climb, Option<KV>), Error> {
        self.method.next_iter(problem, state)
    }

    fn terminate(&mut self, state: &Climb) -> TerminationStatus {
        let slope = |slopes: &Vec<f64>| slopes.iter().map(|slope| slope * slope).sum::<f64>().sqrt();
        if state.get_gradient().is_some_and(|slopes| slope(slopes) <= NEARLY_FLAT) {
            return TerminationStatus::Terminated(TerminationReason::SolverConverged);
        }
        let is_outside = |(log, (least, largest)): (&f64, &(f64, f64))| log <= least || log >= largest;
        if state.get_param().is_some_and(|logs| logs.iter().zip(&self.bounds).any(is_outside)) {
            return TerminationStatus::Terminated(TerminationReason::SolverExit(
                "outside of the bounds".to_owned(),
            ));
        }
        TerminationStatus::NotTerminated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_within_a_region() {
        let step = |radius, slopes, curvature| Damped::<2> { radius }.step(&slopes, &curvature);
        let near = |found: Option<[f64; 2]>, expected: [f64; 2]| {
            let found = found.unwrap();
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} {expected:?}");
        };
        // Newton's step, as far as the region goes: −H⁻¹ g = (−1, −2) with H = diag(2, 1), g = (2, 2).
        near(step(3.0, [2.0, 2.0], [[2.0, 0.0], [0.0, 1.0]]), [-1.0, -2.0]);
        // Damped by λ = 2: −(g₁ / 4, g₂ / 3) with g = (4, 3).
        near(step(2.0_f64.sqrt(), [4.0, 3.0], [[2.0, 0.0], [0.0, 1.0]]), [-1.0, -1.0]);
        // Where the surface bends down the step goes to the edge: H = diag(−1, −1), g = (0.6, 0.8).
        near(step(5.0, [0.6, 0.8], [[-1.0, 0.0], [0.0, -1.0]]), [-3.0, -4.0]);
        assert_eq!(step(1.0, [f64::NAN, 0.0], [[1.0, 0.0], [0.0, 1.0]]), None);
        assert_eq!(step(1.0, [1.0, 0.0], [[f64::INFINITY, 0.0], [0.0, 1.0]]), None);
    }
}
